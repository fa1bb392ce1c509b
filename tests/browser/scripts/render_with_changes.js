// Renders /pcm/in (`channels` of them, one after the other) through a node into /pcm/out. `changes` are pairs of a sample
// position and what to do there. Gives the list of all that the node has dispatched.
async ({ length, channels, outputs, options, changes }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new OfflineAudioContext(outputs, length, 48000);
  const node = await percepnet.PercepNetNode.create(context, assets, options);
  const log = [];
  node.addEventListener('error', ({ error: { code, message } }) => log.push({ code, message }));
  node.addEventListener('voice', ({ probability, repaired, period }) => log.push({ probability, repaired, period }));
  node.addEventListener('stats', ({ cpuShare, frames }) => log.push({ cpuShare, frames }));

  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const count = samples.length / channels;
  const buffer = new AudioBuffer({ length, numberOfChannels: channels, sampleRate: 48000 });
  for (let c = 0; c < channels; c++) buffer.copyToChannel(samples.subarray(c * count, (c + 1) * count), c);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();

  const actions = {
    bypass: () => (node.bypass = true),
    wet: () => (node.bypass = false),
    reset: () => node.reset(),
    destroy: () => node.destroy(),
    connectOutput: () => node.connect(context.destination),
    disconnect: () => source.disconnect(),
    connect: () => source.connect(node),
    addSilentStereo: () => {
      const silence = new AudioBuffer({ length, numberOfChannels: 2, sampleRate: 48000 });
      const stereo = new AudioBufferSourceNode(context, { buffer: silence });
      stereo.connect(node);
      stereo.start();
    },
  };
  const messagesToArrive = () => new Promise((resolve) => setTimeout(resolve, 200));
  for (const [at, action] of changes)
    context.suspend(at / 48000).then(async () => {
      actions[action]();
      await messagesToArrive();
      context.resume();
    });
  const rendered = await context.startRendering();
  await messagesToArrive();
  const all = Array.from({ length: outputs }, (_, c) => rendered.getChannelData(c));
  await fetch('/pcm/out', { method: 'POST', body: new Blob(all) });
  return log;
}
