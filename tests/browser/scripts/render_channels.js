// Renders a source of `count` channels, a tone of its own in each (all but those in `silent`), through a node with the
// policy `channels` into two; gives each output's loudest sample after the latency, and whether the outputs are alike.
async ({ count, silent, channels }) => {
  const assets = await percepnet.loadPercepNet({ baseUrl: '.' });
  const length = 24000;
  const context = new OfflineAudioContext(2, length, 48000);
  const node = await percepnet.PercepNetNode.create(context, assets, { channels, bypass: true });
  const buffer = new AudioBuffer({ length, numberOfChannels: count, sampleRate: 48000 });
  for (let c = 0; c < count; c++) {
    const tone = Float32Array.from({ length }, (_, i) => 0.25 * Math.sin((2 * Math.PI * (300 + 70 * c) * i) / 48000));
    if (!silent.includes(c)) buffer.copyToChannel(tone, c);
  }
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  const sides = [0, 1].map((c) => rendered.getChannelData(c).slice(3000));
  const peaks = sides.map((side) => side.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  return { peaks, alike: sides[0].every((value, i) => value === sides[1][i]) };
}
