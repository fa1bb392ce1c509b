// Gives a playing node its assets again, `times` times two of them at once; leaves it playing as `playing`.
async (times) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: 48000 });
  const node = await percepnet.PercepNetNode.create(context, assets, { execution: 'worker' });
  new ConstantSourceNode(context).connect(node).connect(context.destination);
  for (let i = 0; i < times; i++) {
    node.setAssets(assets);
    await node.setAssets(assets);
  }
  globalThis.playing = { node, context };
}
