// Renders /pcm/in into /pcm/out through a node, to whose limit of 20 dB another node adds a value. Gives the errors.
async (value) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const errors = [];
  const modulate = (node) => {
    node.addEventListener('error', ({ error }) => errors.push(error.message));
    const buffer = new AudioBuffer({ length: samples.length, numberOfChannels: 1, sampleRate: 48000 });
    buffer.getChannelData(0).fill(Number(value));
    const source = new AudioBufferSourceNode(node.context, { buffer });
    source.connect(node.parameters.get('maxAttenuationDb'));
    source.start();
  };
  const [out] = await percepnet.renderOffline(assets, [samples], { maxAttenuationDb: 20 }, 0, modulate);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await fetch('/pcm/out', { method: 'POST', body: out });
  return errors;
}
