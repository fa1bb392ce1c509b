// Renders /pcm/in through a node whose parameters run along `ramps`: [name, value, start, end, value], from one to the other
// between these samples. /pcm/out holds what came out and then, from ramps.js, what the parameters of that name were.
async (ramps) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const length = samples.length;
  const context = new OfflineAudioContext(3, length, 48000);
  await context.audioWorklet.addModule('ramps.js');
  const node = await percepnet.PercepNetNode.create(context, assets);
  const values = new AudioWorkletNode(context, 'ramps', { numberOfInputs: 0, numberOfOutputs: 2 });
  for (const [name, from, start, end, to] of ramps)
    for (const { parameters } of [node, values]) {
      parameters.get(name).setValueAtTime(from, start / 48000);
      parameters.get(name).linearRampToValueAtTime(to, end / 48000);
    }
  const buffer = new AudioBuffer({ length, numberOfChannels: 1, sampleRate: 48000 });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const merger = new ChannelMergerNode(context, { numberOfInputs: 3 });
  source.connect(node).connect(merger, 0, 0);
  for (const output of [0, 1]) values.connect(merger, output, 1 + output);
  merger.connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  const all = [0, 1, 2].map((channel) => rendered.getChannelData(channel));
  await fetch('/pcm/out', { method: 'POST', body: new Blob(all) });
}
