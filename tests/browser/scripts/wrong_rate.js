// The error that a context of another rate gives.
async (rate) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new OfflineAudioContext(1, 480, rate);
  return percepnet.PercepNetNode.create(context, assets).catch(({ name, code, message }) => [name, code, message]);
}
