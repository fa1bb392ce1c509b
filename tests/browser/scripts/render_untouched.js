// Renders /pcm/in at `rate` into /pcm/out through a node whose model never comes; gives its latency in samples.
async (rate) => {
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const context = new OfflineAudioContext(1, samples.length, rate);
  const never = new Promise(() => {});
  const node = await percepnet.PercepNetNode.create(context, never);
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  await fetch('/pcm/out', { method: 'POST', body: rendered.getChannelData(0) });
  return node.latency * rate;
}
