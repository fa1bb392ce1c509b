// What this device can do, by a short measurement, and what would be chosen.
async (widths) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const estimate = await percepnet.estimateDevice(assets, { widths, budgetMs: 100 });
  return { estimate, choice: percepnet.chooseForDevice(estimate), variant: assets.variant };
}
