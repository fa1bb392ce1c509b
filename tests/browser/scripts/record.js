// Records `seconds` of the microphone into /pcm/noisy and of the node's output, at the same time, into /pcm/enhanced.
async ({ seconds, options }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule('recorder_processor.js');
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const node = await percepnet.PercepNetNode.create(context, assets, options);
  const counts = { voice: 0, stats: 0, error: 0 };
  for (const type in counts) node.addEventListener(type, () => counts[type]++);

  const twoMonoInputs = { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' };
  const recorder = new AudioWorkletNode(context, 'recorder', twoMonoInputs);
  const source = context.createMediaStreamSource(stream);
  source.connect(recorder, 0, 0);
  source.connect(node).connect(recorder, 0, 1);
  recorder.connect(context.destination);
  const pieces = [[], []];
  await new Promise((resolve) => {
    recorder.port.onmessage = ({ data }) => {
      data.forEach((piece, input) => pieces[input].push(piece));
      if (pieces[0].length >= 20 * seconds) resolve();
    };
  });
  recorder.port.onmessage = null;
  stream.getTracks().forEach((track) => track.stop());
  const latency = Math.round(node.latency * 48000);
  node.destroy();
  await context.close();
  await fetch('/pcm/noisy', { method: 'POST', body: new Blob(pieces[0]) });
  await fetch('/pcm/enhanced', { method: 'POST', body: new Blob(pieces[1]) });
  return { ...counts, latency };
}
