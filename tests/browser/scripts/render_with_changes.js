// Renders /pcm/in (`channels` of them, one after the other) through a node into /pcm/out. `changes` are pairs of a sample
// position and what to do there. With `later`, the assets are a promise that the action 'load' fulfils. `script` is a worklet
// script to load before. Gives the list of all that the node has dispatched.
async ({ length, channels, outputs, options, changes, later = false, script }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new OfflineAudioContext(outputs, length, 48000);
  if (script) await context.audioWorklet.addModule(script);
  let load, fail;
  const coming = new Promise((resolve, reject) => ([load, fail] = [() => resolve(assets), reject]));
  const node = await percepnet.PercepNetNode.create(context, later ? coming : assets, options);
  const log = [];
  node.addEventListener('error', ({ error: { code, message } }) => log.push({ code, message }));
  node.addEventListener('voice', ({ probability, repaired, period }) => log.push({ probability, repaired, period }));
  node.addEventListener('stats', ({ cpuShare, frames, longCalls, lateCalls }) =>
    log.push({ cpuShare, frames, longCalls, lateCalls }),
  );

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
    limit: () => void (node.maxAttenuationDb = 12),
    reset: () => node.reset(),
    load: () => (load(), node.ready),
    failToLoad: () => (fail(new percepnet.PercepNetError('fetch', 'not found')), node.ready.catch(() => {})),
    loadNarrow: async () => node.setAssets(percepnet.loadPercepNet({ baseUrl: '.', model: 'percepnet-128' })),
    loadBroken: () => node.setAssets({ ...assets, model: assets.model.slice(0, 5000) }).catch(() => {}),
    loadNothing: () => node.setAssets(null),
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
      await actions[action]()?.catch?.(({ message }) => log.push({ message }));
      await messagesToArrive();
      context.resume();
    });
  const rendered = await context.startRendering();
  await messagesToArrive();
  const all = Array.from({ length: outputs }, (_, c) => rendered.getChannelData(c));
  await fetch('/pcm/out', { method: 'POST', body: new Blob(all) });
  return log;
}
