// Renders /pcm/in into /pcm/out through a node whose parameters are set at times: `steps` are [name, sample, value], each half
// a sample before it: no rounding of times may matter. Gives what the properties say at the start.
async ({ options, steps }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  let told;
  const [out] = await percepnet.renderOffline(assets, [samples], options, 0, (node) => {
    for (const [name, sample, value] of steps)
      node.parameters.get(name).setValueAtTime(value, (sample - 0.5) / 48000);
    told = [node.maxAttenuationDb, node.postfilter];
  });
  await fetch('/pcm/out', { method: 'POST', body: out });
  return told;
};
