// The codes of the errors that options out of their range give, and the value that stays.
async () => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const context = new OfflineAudioContext(1, 480, 48000);
  const node = await percepnet.PercepNetNode.create(context, assets);
  const code = (action) => {
    try {
      action();
      return null;
    } catch (error) {
      return error.code;
    }
  };
  const refused = (options) =>
    percepnet.PercepNetNode.create(context, assets, options).then(
      () => null,
      (error) => error.code,
    );
  return [
    await refused({ postfilter: 2 }),
    await refused({ spread: 4 }),
    await refused({ spread: 0.5 }),
    code(() => (node.maxAttenuationDb = -3)),
    code(() => (node.postfilter = NaN)),
    code(() => (node.postfilter = 0.5)),
    node.postfilter,
  ];
}
