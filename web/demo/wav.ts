export type SampleFormat = 'int16' | 'float32';

/** A WAV file of equally long channels in +-1.0; 16-bit samples are rounded and clipped. */
export function encodeWav(channels: readonly Float32Array[], sampleRate: number, format: SampleFormat): Blob {
  const width = format === 'int16' ? 2 : 4;
  const frame = width * channels.length;
  const dataSize = frame * channels[0].length;
  const view = new DataView(new ArrayBuffer(44 + dataSize));
  writeHeader(view, channels.length, sampleRate, width, dataSize);
  channels.forEach((samples, channel) => {
    for (let i = 0, at = 44 + channel * width; i < samples.length; i++, at += frame) {
      if (format === 'int16')
        view.setInt16(at, Math.max(-32768, Math.min(32767, Math.round(32768 * samples[i]))), true);
      else view.setFloat32(at, samples[i], true);
    }
  });
  return new Blob([view.buffer], { type: 'audio/wav' });
}

function writeHeader(
  view: DataView,
  channels: number,
  sampleRate: number,
  width: number,
  dataSize: number,
): void {
  const text = (at: number, value: string): void =>
    [...value].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + dataSize, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, width === 2 ? 1 : 3, true); // 1 = integer PCM, 3 = IEEE float
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * width, true);
  view.setUint16(32, channels * width, true);
  view.setUint16(34, 8 * width, true);
  text(36, 'data');
  view.setUint32(40, dataSize, true);
}
