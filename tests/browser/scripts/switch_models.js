// A live node that gets one of `models` after the other. `kind`: 'running', 'suspended' = its context is; 'unconnected' = no
// sound ever comes. Gives of each the file's bytes and in how many parts the audio thread took it; the context's state then; and
// whether the page's own copies are whole afterwards.
async ({ kind, models }) => {
  const context = new AudioContext({ sampleRate: 48000 });
  if (kind === 'suspended') void context.suspend(); // WebKit does not say when a context that never ran has obeyed
  const loaded = await Promise.all(models.map((model) => percepnet.loadPercepNet({ baseUrl: '.', model })));
  const sizes = loaded.map(({ model }) => model.length);
  const node = await percepnet.PercepNetNode.create(context, loaded[0]);
  let parts = 0;
  node.port.addEventListener('message', ({ data }) => (parts += data.type === 'part'));
  if (kind !== 'unconnected') {
    const source = new OscillatorNode(context);
    source.connect(node).connect(context.destination);
    source.start();
  }
  const taken = [];
  for (const [index, assets] of loaded.entries()) {
    parts = index === 0 ? parts : 0;
    await (index === 0 ? node.ready : node.setAssets(assets));
    taken.push({ bytes: sizes[index], parts });
    if (kind !== 'running') continue;
    await new Promise((resolve) => node.addEventListener('voice', resolve, { once: true }));
  }
  const { state } = context;
  await context.close();
  return { taken, state, whole: loaded.every(({ model }, index) => model.length === sizes[index]) };
}
