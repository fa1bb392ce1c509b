// Sends half a second of AudioData of each rate through enhanceAudioData. Gives [rate, samples] of what comes out, those of one
// rate together, and how the stream failed.
async (rates) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const lengths = [];
  const note = ({ sampleRate, numberOfFrames }) => {
    if (lengths.at(-1)?.[0] !== sampleRate) lengths.push([sampleRate, 0]);
    lengths.at(-1)[1] += numberOfFrames;
  };
  const { readable, writable } = percepnet.enhanceAudioData(assets);
  const read = readable.pipeTo(new WritableStream({ write: (data) => (note(data), data.close()) }));
  read.catch(() => {});
  const writer = writable.getWriter();
  const format = { format: 'f32-planar', numberOfChannels: 1, timestamp: 0 };
  try {
    for (const sampleRate of rates) {
      const data = new Float32Array(sampleRate / 2).fill(0.1);
      await writer.write(new AudioData({ ...format, sampleRate, numberOfFrames: data.length, data }));
    }
    await writer.close();
    await read;
  } catch ({ code, message }) {
    return [lengths, code, message];
  }
}
