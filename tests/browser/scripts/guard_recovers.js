// A guarded node in an OfflineAudioContext with the clock of /slow_clock.js, which halts at every second of sound so that
// messages and models arrive. Renders /pcm/in, over and over, into /pcm/out for `seconds`. Gives the latency in samples
// and the guard's steps, each with the second at which it was told.
async ({ seconds }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const { fetch } = globalThis;
  let asked = 0;
  globalThis.fetch = (...given) => {
    asked++;
    return fetch(...given).finally(() => asked--);
  };
  const context = new OfflineAudioContext(1, seconds * 48000, 48000);
  await context.audioWorklet.addModule('slow_clock.js');
  const node = await percepnet.PercepNetNode.create(context, assets, { guard: true });
  const steps = [];
  node.addEventListener('overload', ({ action, from, to }) =>
    steps.push({ action, from, to, second: Math.round(context.currentTime) }),
  );
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const buffer = context.createBuffer(1, samples.length, 48000);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  source.connect(node).connect(context.destination);
  source.start();
  for (let second = 1; second < seconds; second++)
    context.suspend(second).then(async () => {
      do await new Promise((resolve) => setTimeout(resolve, 100));
      while (asked > 0);
      await node.ready;
      context.resume();
    });
  const rendered = await context.startRendering();
  await fetch('/pcm/out', { method: 'POST', body: rendered.getChannelData(0) });
  return { latency: Math.round(node.latency * 48000), steps };
}
