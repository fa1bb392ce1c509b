/** PercepNet as a LiveKit audio processor: docs/web/integrations/livekit.md shows how to use it. */
import { SuppressedTrack, suppressNoise, type SuppressOptions } from '../index.ts';

export type PercepNetProcessorOptions = Omit<SuppressOptions, 'context' | 'endWithInput' | 'stopInput'>;

/** What LiveKit hands to a processor, as far as this one cares. */
export interface ProcessorInput {
  track: MediaStreamTrack;
  audioContext: AudioContext;
}

/** A `TrackProcessor` for `LocalAudioTrack.setProcessor`. Works in LiveKit's AudioContext; leaves LiveKit's own track alone. */
export class PercepNetProcessor {
  readonly name = 'percepnet';
  processedTrack?: MediaStreamTrack;
  readonly #options: PercepNetProcessorOptions;
  #suppressed: SuppressedTrack | null = null;

  constructor(options: PercepNetProcessorOptions = {}) {
    this.#options = options;
  }

  /** For live settings, `reset` and events; null outside init() .. destroy(). */
  get node(): SuppressedTrack['node'] {
    return this.#suppressed?.node ?? null;
  }

  /** Rejects as suppressNoise does: LiveKit then goes on with the unprocessed track. */
  async init({ track, audioContext }: ProcessorInput): Promise<void> {
    await this.destroy();
    this.#use(await suppressNoise(track, this.#optionsIn(audioContext)));
  }

  /** Another microphone (the processed track stays) or another context: never without sound. */
  async restart({ track, audioContext }: ProcessorInput): Promise<void> {
    const current = this.#suppressed;
    if (current !== null && current.state !== 'stopped' && current.context === audioContext)
      return current.replaceInput(track);
    await this.destroy();
    const suppressed = new SuppressedTrack(track, this.#optionsIn(audioContext));
    suppressed.created.catch((error: unknown) => suppressed.tell(error));
    this.#use(suppressed);
  }

  async destroy(): Promise<void> {
    await this.#suppressed?.stop();
    this.#suppressed = null;
    delete this.processedTrack;
  }

  #use(suppressed: SuppressedTrack): void {
    this.#suppressed = suppressed;
    this.processedTrack = suppressed.track;
  }

  /** LiveKit replaces an ended microphone by itself, and then calls restart(). */
  #optionsIn(context: AudioContext): SuppressOptions {
    return { ...this.#options, context, endWithInput: false };
  }
}
