// Plays /pcm/in through a node, its work done in a worker, in real time. Records both sides from the first block on into
// /pcm/dry and /pcm/wet. `killAfter`: milliseconds after which the worker is ended; `busyMs`: the page's own thread is blocked
// for so long, again and again. `rate`: of the context. Gives the latency in its samples and what was dispatched.
async ({ seconds, options, killAfter, busyMs, rate = 48000 }) => {
  const workers = [];
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...args) {
      super(...args);
      workers.push(this);
    }
  };
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: rate });
  await context.audioWorklet.addModule('recorder_processor.js');
  await context.suspend();
  const node = await percepnet.PercepNetNode.create(context, assets, options);
  const log = { errors: [], late: 0, stats: 0, voices: 0 };
  node.addEventListener('error', ({ error: { code, message } }) => log.errors.push([code, message]));
  node.addEventListener('voice', () => log.voices++);
  node.addEventListener('stats', ({ lateCalls, cpuShare }) => {
    log.stats++;
    log.late += lateCalls;
    log.cpuShare = cpuShare;
  });
  await node.ready;

  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const twoMonoInputs = { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' };
  const recorder = new AudioWorkletNode(context, 'recorder', twoMonoInputs);
  source.connect(recorder, 0, 0);
  source.connect(node).connect(recorder, 0, 1);
  recorder.connect(context.destination);
  source.start();
  const pieces = [[], []];
  const recorded = new Promise((resolve) => {
    recorder.port.onmessage = ({ data }) => {
      data.forEach((piece, input) => pieces[input].push(piece));
      if (pieces[0].length >= 20 * seconds) resolve();
    };
  });
  await context.resume();
  if (killAfter !== undefined) setTimeout(() => workers[0].terminate(), killAfter);
  const block = () => {
    for (const end = performance.now() + busyMs; performance.now() < end; );
  };
  const blocking = busyMs === undefined ? undefined : setInterval(block, 2 * busyMs);
  await recorded;
  clearInterval(blocking);
  recorder.port.onmessage = null;
  const latency = node.latency * rate;
  node.destroy();
  await context.close();
  globalThis.Worker = Worker;
  await fetch('/pcm/dry', { method: 'POST', body: new Blob(pieces[0]) });
  await fetch('/pcm/wet', { method: 'POST', body: new Blob(pieces[1]) });
  return { ...log, latency, workers: workers.length, isolated: crossOriginIsolated };
}
