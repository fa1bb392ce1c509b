import type { PercepNetNode } from './percepnet_node.ts';
import { SuppressedTrack, type SuppressOptions } from './suppressed_track.ts';

/** `track` and `stream` are what you send; `node` is what you set and listen to; stop() when done. */
export type SuppressedAudio = SuppressedTrack & { readonly node: PercepNetNode };

/**
 * Suppresses the noise of a microphone, or of any other audio track: gives a live track with the same sound, cleaned.
 * Resolves as soon as the worklet's script is there; the sound is untouched until the model is (`node.ready`), and stays
 * so if that cannot be loaded (`onError`). The input stays yours: stop it when you no longer need it, or set `stopInput`.
 *
 * Rejects with PercepNetError 'bad-track' (no live audio track) or what PercepNetNode.create rejects with, or with the
 * reason of `signal`. Nothing is left behind then.
 */
export async function suppressNoise(
  input: MediaStream | MediaStreamTrack,
  options: SuppressOptions = {},
): Promise<SuppressedAudio> {
  options.signal?.throwIfAborted();
  const suppressed = new SuppressedTrack(input, options);
  try {
    await suppressed.created;
  } catch (error) {
    await suppressed.stop();
    throw error;
  }
  return suppressed as SuppressedAudio;
}
