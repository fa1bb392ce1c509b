/** PercepNet as an effect for a JitsiLocalTrack: docs/web/integrations/jitsi.md shows how to use it. */
import { SuppressedTrack, type SuppressOptions } from '../index.ts';

export type PercepNetEffectOptions = Omit<SuppressOptions, 'context' | 'endWithInput' | 'stopInput'>;

/** For `JitsiLocalTrack.setEffect`. May be started again after it was stopped. */
export class PercepNetEffect {
  readonly #options: PercepNetEffectOptions;
  #suppressed: SuppressedTrack | null = null;

  constructor(options: PercepNetEffectOptions = {}) {
    this.#options = options;
  }

  /** For live settings, `reset` and events; null until the worklet's script is there, and after stopEffect(). */
  get node(): SuppressedTrack['node'] {
    return this.#suppressed?.node ?? null;
  }

  isEnabled(sourceLocalTrack: { isAudioTrack(): boolean }): boolean {
    return sourceLocalTrack.isAudioTrack();
  }

  /** The sound is untouched until the suppressor is there, and stays so if that fails. Throws as SuppressedTrack does. */
  startEffect(stream: MediaStream): MediaStream {
    this.stopEffect();
    const suppressed = new SuppressedTrack(stream, this.#options);
    suppressed.created.catch((error: unknown) => suppressed.tell(error));
    this.#suppressed = suppressed;
    // Jitsi mutes by `enabled` of the track that it sends, which is the effect's from now on.
    suppressed.track.enabled = suppressed.input.enabled;
    suppressed.input.enabled = true;
    return suppressed.stream;
  }

  stopEffect(): void {
    if (this.#suppressed === null) return;
    this.#suppressed.input.enabled = this.#suppressed.track.enabled;
    void this.#suppressed.stop();
    this.#suppressed = null;
  }
}
