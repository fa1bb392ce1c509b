// Two nodes in a running context whose model fails after a while. Gives what happened to each, in order, until both enhance
// again with the assets that they are given anew.
async () => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule('trap.js');
  const source = new ConstantSourceNode(context);
  source.start();
  const next = (node, type) =>
    new Promise((resolve) => node.addEventListener(type, (event) => resolve(event), { once: true }));
  const live = async () => {
    const node = await percepnet.PercepNetNode.create(context, assets);
    source.connect(node).connect(context.destination);
    const failed = next(node, 'error');
    const log = [(await next(node, 'voice')).type];
    const { error } = await failed;
    log.push(error.code, error.message);
    await node.setAssets(assets);
    log.push((await next(node, 'voice')).type);
    return log;
  };
  const logs = await Promise.all([live(), live()]);
  await context.close();
  return logs;
}
