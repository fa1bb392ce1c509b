// Makes and destroys `count` nodes in one running context; gives the first event of one more node.
async (count) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: 48000 });
  for (let i = 0; i < count; i++) {
    const node = await percepnet.PercepNetNode.create(context, assets);
    node.connect(context.destination);
    node.destroy();
  }
  const node = await percepnet.PercepNetNode.create(context, assets);
  new ConstantSourceNode(context).connect(node).connect(context.destination);
  const heard = await new Promise((resolve) => {
    node.addEventListener('voice', () => resolve('voice'), { once: true });
    node.addEventListener('error', (event) => resolve(event.error.code), { once: true });
  });
  await context.close();
  return heard;
}
