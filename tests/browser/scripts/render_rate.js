// Renders /pcm/in (`channels` of them, one after the other) at `rate` into /pcm/out, in blocks of `quantum` where the engine
// can; gives the real quantum, the node's latency in samples of the context, and the codes of errors.
async ({ rate, quantum, channels, options }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const length = samples.length / channels;
  const context = new OfflineAudioContext({
    numberOfChannels: channels,
    length,
    sampleRate: rate,
    renderSizeHint: quantum,
  });
  const node = await percepnet.PercepNetNode.create(context, assets, options);
  const errors = [];
  node.addEventListener('error', ({ error: { code } }) => errors.push(code));
  const buffer = new AudioBuffer({ length, numberOfChannels: channels, sampleRate: rate });
  for (let c = 0; c < channels; c++) buffer.copyToChannel(samples.subarray(c * length, (c + 1) * length), c);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  const before = node.latency;
  const rendered = await context.startRendering();
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (node.latency !== before) errors.push(`the latency was ${before} and became ${node.latency}`);
  const all = Array.from({ length: channels }, (_, c) => rendered.getChannelData(c));
  await fetch('/pcm/out', { method: 'POST', body: new Blob(all) });
  return [context.renderQuantumSize ?? 128, node.latency * rate, errors];
}
