// Enhances /pcm/in into /pcm/out in a worker; gives the shares of progress.
async (options) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const shares = [];
  const onProgress = (share) => shares.push(share);
  const enhanced = await percepnet.enhanceInWorker(assets, samples, { ...options, onProgress });
  await fetch('/pcm/out', { method: 'POST', body: enhanced });
  return shares;
}
