/** The shape of @shiguredo/rnnoise-wasm with PercepNet inside: docs/web/integrations/rnnoise.md says what differs. */
import {
  Enhancer,
  FRAME_SIZE,
  loadPercepNet,
  PercepNetError,
  type LoadOptions,
  type PercepNetAssets,
  type PercepNetOptions,
} from '../index.ts';

/** Samples of RNNoise packages are as large as 16-bit integers. */
const FULL_SCALE = 32768;

export class Rnnoise {
  /** Samples of a frame: 10 ms at 48 kHz. */
  readonly frameSize = FRAME_SIZE;
  readonly #assets: PercepNetAssets;

  private constructor(assets: PercepNetAssets) {
    this.#assets = assets;
  }

  /** `options`: where the files lie and which model, or what loadPercepNet gave. Rejects as loadPercepNet does. */
  static async load(options?: LoadOptions | PercepNetAssets): Promise<Rnnoise> {
    return new Rnnoise(options !== undefined && 'module' in options ? options : await loadPercepNet(options));
  }

  /** One stream of mono sound at 48 kHz. Throws PercepNetError 'bad-arg' on an option out of its range. */
  createDenoiseState(options: PercepNetOptions = {}): DenoiseState {
    return new DenoiseState(new Enhancer(this.#assets, options));
  }
}

export class DenoiseState {
  #enhancer: Enhancer | null;

  /** Use Rnnoise.createDenoiseState. */
  constructor(enhancer: Enhancer) {
    this.#enhancer = enhancer;
  }

  /** Samples at 48 kHz by which the sound that comes out is older than that which goes in. */
  get latency(): number {
    return this.#live().latency;
  }

  /**
   * Replaces the frameSize samples, -32768..32767 at 48 kHz, by those of `latency` samples ago without noise. Returns
   * the probability of voice in them, 0..1. Throws PercepNetError 'bad-arg' on another length, and after destroy().
   */
  processFrame(frame: Float32Array): number {
    const enhancer = this.#live();
    if (frame.length !== FRAME_SIZE)
      throw new PercepNetError('bad-arg', `a frame is ${FRAME_SIZE} samples, not ${frame.length}`);
    for (let i = 0; i < frame.length; i++) frame[i] /= FULL_SCALE;
    const voice = enhancer.processFrame(frame, frame);
    for (let i = 0; i < frame.length; i++) frame[i] *= FULL_SCALE;
    return voice;
  }

  destroy(): void {
    this.#enhancer = null;
  }

  #live(): Enhancer {
    if (this.#enhancer === null)
      throw new PercepNetError('bad-arg', 'this DenoiseState was destroyed: create another');
    return this.#enhancer;
  }
}
