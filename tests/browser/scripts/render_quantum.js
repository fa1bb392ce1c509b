// Renders /pcm/in into /pcm/out in blocks of `quantum`, where the engine can, with the node's option `spread`; gives the real quantum and the latency.
async ([quantum, spread]) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const length = samples.length + 4096;
  const context = new OfflineAudioContext({ length, sampleRate: 48000, renderSizeHint: quantum });
  const node = await percepnet.PercepNetNode.create(context, assets, { spread });
  const buffer = new AudioBuffer({ length, sampleRate: 48000 });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = (await context.startRendering()).getChannelData(0);
  await fetch('/pcm/out', { method: 'POST', body: rendered });
  return [context.renderQuantumSize ?? 128, Math.round(node.latency * 48000)];
}
