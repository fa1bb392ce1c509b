// Makes and destroys `count` nodes, one after the other, in a context of that rate that runs; `closing`: it is closed at the
// end, or else used again the next time. Then collects what nobody needs.
async ({ count, rate, closing }) => {
  globalThis.loaded ??= percepnet.loadPercepNet({ baseUrl: '.' });
  globalThis.context ??= new AudioContext({ sampleRate: rate });
  for (let i = 0; i < count; i++) {
    const node = await percepnet.PercepNetNode.create(context, await loaded);
    const source = new ConstantSourceNode(context);
    source.connect(node).connect(context.destination);
    source.start();
    if (i % 10 === 0) await new Promise((resolve) => node.addEventListener('voice', resolve, { once: true }));
    source.stop();
    source.disconnect();
    node.destroy();
  }
  if (closing) {
    await context.close();
    delete globalThis.context;
  }
  for (let i = 0; i < 3; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
