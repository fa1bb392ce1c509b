// A node in a running context: what its sound does when the context is suspended and resumed and when its source is
// changed. Gives how often voice was told in each of three spans, and the late calls of all.
async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const node = await percepnet.PercepNetNode.create(context, percepnet.loadPercepNet({ baseUrl: '.' }));
  let voices = 0;
  const spans = [];
  const late = [];
  node.addEventListener('voice', () => voices++);
  node.addEventListener('stats', ({ lateCalls }) => late.push(lateCalls));
  const span = async () => {
    voices = 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
    spans.push(voices);
  };
  let source = new ConstantSourceNode(context);
  source.connect(node).connect(context.destination);
  source.start();
  await node.ready;
  await span();
  await context.suspend();
  await new Promise((resolve) => setTimeout(resolve, 700));
  await context.resume();
  await span();
  source.disconnect(); // a device goes away, another comes
  source = new OscillatorNode(context);
  source.connect(node);
  source.start();
  await span();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await context.close();
  return { spans, late };
}
