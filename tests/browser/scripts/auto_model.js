// Loads with model: 'auto', without and with an estimate that is already there; gives what was chosen and told.
async (slow) => {
  const progress = [];
  const onProgress = ({ loaded, total }) => progress.push([loaded, total]);
  const load = (options) => percepnet.loadPercepNet({ baseUrl: '.', model: 'auto', onProgress, ...options });
  const { modelName, estimate, choice } = await load({});
  const kept = JSON.parse(JSON.stringify(estimate));
  for (const times of kept.times) times.usualMs = slow[times.width];
  const again = await load({ estimate: kept });
  const context = new AudioContext({ sampleRate: 48000 });
  const node = await percepnet.PercepNetNode.create(context, again, { workerDelayMs: 50 });
  await node.ready;
  const latency = Math.round(node.latency * 48000);
  node.destroy();
  await context.close();
  return {
    measured: { modelName, widths: estimate.times.map(({ width }) => width), choice },
    kept: { modelName: again.modelName, choice: again.choice, same: again.estimate === kept, latency },
    last: progress.at(-1),
  };
}
