// Makes `count` nodes more in one context and waits until all enhance.
async (count) => {
  globalThis.loaded ??= percepnet.loadPercepNet({ baseUrl: '.', model: '256' });
  globalThis.context ??= new AudioContext({ sampleRate: 48000 });
  globalThis.nodes ??= [];
  const source = new ConstantSourceNode(context);
  source.start();
  const heard = (node) => new Promise((resolve) => node.addEventListener('voice', resolve, { once: true }));
  const made = [];
  for (let i = 0; i < count; i++) {
    const node = await percepnet.PercepNetNode.create(context, await loaded);
    source.connect(node).connect(context.destination);
    made.push(node);
  }
  await Promise.all(made.map(heard));
  nodes.push(...made);
  gc();
  await new Promise((resolve) => setTimeout(resolve, 200));
}
