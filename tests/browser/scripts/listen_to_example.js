// What the example's meter shows once it has shown voice, and the RMS of what its <audio> plays then; [0, 0] after 20 s.
async () => {
  const [meter, audio] = ['meter', 'audio'].map((name) => document.querySelector(name));
  const context = new AudioContext();
  const analyser = new AnalyserNode(context);
  const samples = new Float32Array(analyser.fftSize);
  let source;
  for (let i = 0; i < 400; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (audio.srcObject === null) continue;
    source ??= context.createMediaStreamSource(audio.srcObject);
    source.connect(analyser);
    analyser.getFloatTimeDomainData(samples);
    const loudness = Math.hypot(...samples) / Math.sqrt(samples.length);
    if (meter.value > 0.5 && loudness > 1e-3) return [meter.value, loudness];
  }
  return [0, 0];
};
