// A node whose worker has no script: what `ready` and the events tell, and what comes out of a constant 0.25.
async () => {
  const loaded = await percepnet.loadPercepNet({ baseUrl: '.' });
  const assets = { ...loaded, workerUrl: new URL('nothing.js', document.baseURI).href };
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule('recorder_processor.js');
  const node = await percepnet.PercepNetNode.create(context, assets, { execution: 'worker' });
  const told = [];
  node.addEventListener('error', ({ error }) => told.push(error.code));
  told.push(await node.ready.catch(({ code }) => code));
  const source = new ConstantSourceNode(context, { offset: 0.25 });
  const recorder = new AudioWorkletNode(context, 'recorder', { numberOfInputs: 1, channelCount: 1 });
  source.connect(node).connect(recorder).connect(context.destination);
  source.start();
  const loudest = await new Promise((resolve) => {
    let pieces = 0;
    recorder.port.onmessage = ({ data: [piece] }) => {
      if (++pieces === 10) resolve(Math.max(...piece));
    };
  });
  node.destroy();
  await context.close();
  return { told, loudest };
}
