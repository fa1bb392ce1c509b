// Enhances /pcm/in into /pcm/out on the page itself, without an AudioContext.
async (simd) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.', simd });
  const samples = new Float32Array(await (await fetch('/pcm/in')).arrayBuffer());
  const enhanced = new percepnet.Enhancer(assets).enhance(samples);
  await fetch('/pcm/out', { method: 'POST', body: enhanced });
}
