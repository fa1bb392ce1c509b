// A node in a running context. Gives how many messages about voices have come from the audio thread within the first second,
// while nobody listened to such events, and how many events came in half a second afterwards.
async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const node = await percepnet.PercepNetNode.create(context, await percepnet.loadPercepNet({ baseUrl: '.' }));
  const counts = { messages: 0, events: 0 };
  node.port.addEventListener('message', ({ data }) => (counts.messages += data.type === 'voice'));
  const source = new ConstantSourceNode(context);
  source.connect(node).connect(context.destination);
  source.start();
  const told = new Promise((resolve) => node.addEventListener('stats', resolve, { once: true }));
  await told;
  const { messages } = counts;
  node.addEventListener('voice', () => counts.events++);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await context.close();
  return [messages, counts.events];
}
