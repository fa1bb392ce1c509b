// What happens to a node, or to its making, when `fault` strikes before the model is there.
// `again`: to assets that come after that.
async (fault) => {
  const outcome = (promise) => promise.then(() => 'fulfilled', ({ name, code, message }) => [name, code, message]);
  const unhandled = [];
  addEventListener('unhandledrejection', (event) => unhandled.push(String(event.reason)));
  const context = new AudioContext();
  let fulfil;
  const coming = new Promise((resolve) => (fulfil = resolve));
  const { PercepNetNode } = percepnet;
  let result, again;
  if (fault === 'script 404') {
    result = await outcome(PercepNetNode.create(context, coming, { processorUrl: '/missing.js' }));
  } else if (fault === 'closed before') {
    await context.close();
    result = await outcome(PercepNetNode.create(context, coming));
  } else if (fault === 'closed while the script loads') {
    const creating = outcome(PercepNetNode.create(context, coming));
    await context.close();
    result = await creating;
  } else {
    const node = await PercepNetNode.create(context, coming);
    const { ready } = node;
    if (fault === 'destroyed') node.destroy();
    if (fault === 'closed while the model loads') await context.close();
    result = await outcome(ready);
    const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
    fulfil(assets); // too late: nobody may stumble over it
    again = await outcome(node.setAssets(assets));
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (context.state !== 'closed') await context.close();
  return { result, again, unhandled };
}
