// Makes a node of this page's library and one of the library at `other`, in one context; gives what both say when they are
// ready, or why one cannot be made. `folder`: given to the other one as its files' place.
async ({ other, folder }) => {
  const libraries = [percepnet, await import(other)];
  const context = new AudioContext({ sampleRate: 48000 });
  const nodes = [];
  try {
    for (const [index, { loadPercepNet, PercepNetNode }] of libraries.entries()) {
      const assets = loadPercepNet({ baseUrl: index === 0 ? '.' : folder });
      const node = await PercepNetNode.create(context, assets);
      await node.ready;
      nodes.push(node);
    }
    const source = new ConstantSourceNode(context);
    nodes.forEach((node) => source.connect(node).connect(context.destination));
    source.start();
    const heard = (node) => new Promise((resolve) => node.addEventListener('voice', () => resolve('voice')));
    return await Promise.all(nodes.map(heard));
  } catch ({ name, code, message }) {
    return [name, code, message];
  } finally {
    await context.close();
  }
};
