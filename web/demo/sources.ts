import { SAMPLE_RATE } from '../src/index.ts';

const LONGEST_SECONDS = 600;

/** An encoded sound as one or two channels at 48 kHz. The error's message is for the page. */
export async function decodeSound(bytes: ArrayBuffer, name: string): Promise<Float32Array<ArrayBuffer>[]> {
  let buffer: AudioBuffer;
  try {
    buffer = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(bytes);
  } catch (cause) {
    throw new Error(
      `“${name}” is not audio that this browser can read: choose a WAV, FLAC, MP3 or OGG file.`,
      { cause },
    );
  }
  if (buffer.length === 0) throw new Error(`“${name}” holds no sound: choose another file.`);
  if (buffer.duration > LONGEST_SECONDS)
    throw new Error(
      `“${name}” is longer than ${LONGEST_SECONDS / 60} minutes: choose a shorter one, or use the command line.`,
    );
  return Array.from({ length: Math.min(2, buffer.numberOfChannels) }, (_, channel) =>
    buffer.getChannelData(channel),
  );
}
