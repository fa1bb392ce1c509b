// Sends /pcm/in (`channels` of them) as AudioData of `rate` and of `length` samples through enhanceAudioData into /pcm/out;
// the first one's timestamp is `start`. Gives [timestamp, samples] of what comes out.
async ({ channels, length, start, rate }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const all = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const total = all.length / channels;
  let at = 0;
  const source = new ReadableStream({
    pull(controller) {
      const numberOfFrames = Math.min(length, total - at);
      if (numberOfFrames === 0) return controller.close();
      const data = new Float32Array(channels * numberOfFrames);
      for (let c = 0; c < channels; c++)
        data.set(all.subarray(c * total + at, c * total + at + numberOfFrames), c * numberOfFrames);
      const timestamp = start + (at * 1e6) / rate;
      const format = { format: 'f32-planar', sampleRate: rate, numberOfChannels: channels };
      controller.enqueue(new AudioData({ ...format, numberOfFrames, timestamp, data }));
      at += numberOfFrames;
    },
  });
  const planes = Array.from({ length: channels }, () => []);
  const log = [];
  await source.pipeThrough(percepnet.enhanceAudioData(assets)).pipeTo(
    new WritableStream({
      write(data) {
        log.push([data.timestamp, data.numberOfFrames]);
        planes.forEach((pieces, planeIndex) => {
          const plane = new Float32Array(data.numberOfFrames);
          data.copyTo(plane, { planeIndex });
          pieces.push(plane);
        });
        data.close();
      },
    }),
  );
  await fetch('/pcm/out', { method: 'POST', body: new Blob(planes.flat()) });
  return log;
}
