// Renders /pcm/in into /pcm/out with spoilt assets; gives the codes of the errors dispatched.
async (tamper) => {
  const assets = { ...(await percepnet.loadPercepNet({ baseUrl: '.' })) };
  if (tamper === 'model') assets.model = assets.model.slice(0, 5000);
  if (tamper === 'module') assets.module = () => 'cannot be cloned';
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const errors = [];
  const [out] = await percepnet.renderOffline(assets, [samples], {}, 0, (node) =>
    node.addEventListener('error', (event) => errors.push(event.error.code)),
  );
  await fetch('/pcm/out', { method: 'POST', body: out });
  await new Promise((resolve) => setTimeout(resolve, 200));
  return errors;
}
