// What a worker's job rejects with: with a script that is not there, options out of range and a broken model.
async () => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const attempt = (changed, options) =>
    percepnet
      .enhanceInWorker({ ...assets, ...changed }, new Float32Array(480), options)
      .then(() => 'no error', ({ code, message }) => [code, message]);
  return [
    await attempt({ workerUrl: new URL('nothing.js', document.baseURI).href }),
    await attempt({ workerUrl: 'https://elsewhere.invalid/percepnet_worker.js' }),
    await attempt({}, { postfilter: 2 }),
    await attempt({ model: assets.model.slice(0, 5000) }),
  ];
}
