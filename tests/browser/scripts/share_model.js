// Renders the channels of /pcm/in, each through a node of its own, in one context, into /pcm/out. `nodes` are
// { model, options, from, until }: a node is there between these samples. `script` is a worklet script to load before. Gives
// the [channel, code] of errors.
async ({ nodes, script }) => {
  const all = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const length = all.length / nodes.length;
  const context = new OfflineAudioContext(nodes.length, length, 48000);
  if (script) await context.audioWorklet.addModule(script);
  const merger = new ChannelMergerNode(context, { numberOfInputs: nodes.length });
  merger.connect(context.destination);
  const errors = [];
  const at = (sample, act) =>
    sample === 0 ? act() : void context.suspend(sample / 48000).then(() => act().then(() => context.resume()));

  for (const [channel, { model, options, from = 0, until = length }] of nodes.entries()) {
    const assets = await percepnet.loadPercepNet({ baseUrl: '.', model });
    const buffer = new AudioBuffer({ length, numberOfChannels: 1, sampleRate: 48000 });
    buffer.copyToChannel(all.subarray(channel * length, (channel + 1) * length), 0);
    let node;
    await at(from, async () => {
      node = await percepnet.PercepNetNode.create(context, assets, options);
      node.addEventListener('error', ({ error }) => errors.push([channel, error.code]));
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(node).connect(merger, 0, channel);
      source.start();
    });
    if (until < length)
      at(until, async () => {
        node.destroy();
        await new Promise((resolve) => setTimeout(resolve, 100));
      });
  }
  const rendered = await context.startRendering();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await fetch('/pcm/out', { method: 'POST', body: new Blob(nodes.map((_, i) => rendered.getChannelData(i))) });
  return errors;
}
