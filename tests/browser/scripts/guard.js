// A guarded node in a context whose audio thread has the clock of /slow_clock.js, in real time. Records both sides into
// /pcm/dry and /pcm/wet, for `seconds`. Gives the latency in samples and the guard's steps.
async ({ seconds }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule('slow_clock.js');
  await context.audioWorklet.addModule('recorder_processor.js');
  const node = await percepnet.PercepNetNode.create(context, assets, { guard: true });
  const steps = [];
  node.addEventListener('overload', ({ action, from, to, cpuShare }) => steps.push({ action, from, to, cpuShare }));

  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const buffer = context.createBuffer(1, samples.length, 48000);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer, loop: true });
  const twoMonoInputs = { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' };
  const recorder = new AudioWorkletNode(context, 'recorder', twoMonoInputs);
  source.connect(recorder, 0, 0);
  source.connect(node).connect(recorder, 0, 1);
  recorder.connect(context.destination);
  source.start();
  const pieces = [[], []];
  await new Promise((resolve) => {
    recorder.port.onmessage = ({ data }) => {
      data.forEach((piece, input) => pieces[input].push(piece));
      if (pieces[0].length >= 20 * seconds) resolve();
    };
  });
  recorder.port.onmessage = null;
  const latency = Math.round(node.latency * 48000);
  node.destroy();
  await context.close();
  await fetch('/pcm/dry', { method: 'POST', body: new Blob(pieces[0]) });
  await fetch('/pcm/wet', { method: 'POST', body: new Blob(pieces[1]) });
  return { latency, steps };
}
