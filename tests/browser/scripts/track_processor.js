// The track of an AudioContext that plays /pcm/in through MediaStreamTrackProcessor and enhanceAudioData, `seconds` of it,
// into /pcm/out. Gives [timestamp, samples] of what it took and the timestamps of what it gave.
async (seconds) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const context = new AudioContext({ sampleRate: 48000 });
  const buffer = context.createBuffer(1, samples.length, 48000);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  const destination = context.createMediaStreamDestination();
  source.connect(destination);
  source.start();
  const [track] = destination.stream.getAudioTracks();
  const taken = [];
  const given = [];
  const pieces = [];
  const noteTaken = new TransformStream({
    transform(data, controller) {
      taken.push([data.timestamp, data.numberOfFrames]);
      controller.enqueue(data);
    },
  });
  const { readable } = new MediaStreamTrackProcessor({ track });
  const reader = readable.pipeThrough(noteTaken).pipeThrough(percepnet.enhanceAudioData(assets)).getReader();
  while (given.length < 100 * seconds) {
    const { value } = await reader.read();
    const plane = new Float32Array(value.numberOfFrames);
    value.copyTo(plane, { planeIndex: 0 });
    given.push(value.timestamp);
    pieces.push(plane);
    value.close();
  }
  await reader.cancel();
  await context.close();
  await fetch('/pcm/out', { method: 'POST', body: new Blob(pieces) });
  return { taken, given };
}
