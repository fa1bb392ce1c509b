import { DEFAULT_CONFIG, mergeConfig, type PercepNetConfig, type PercepNetOptions } from './config.ts';
import { FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { PercepNetError } from './errors.ts';
import type { PercepNetAssets } from './load.ts';
import { emptyFrameInfo, PercepNetWasm, type FrameInfo } from './wasm.ts';
import { WasmModel } from './wasm_model.ts';

/** One mono stream on the calling thread: a page, a worker or Node. Needs no AudioContext. */
export class Enhancer {
  private readonly wasm: PercepNetWasm;
  private config: PercepNetConfig;

  /** Throws PercepNetError 'bad-arg', 'bad-model' or 'unsupported'. */
  constructor(assets: Pick<PercepNetAssets, 'module' | 'model'>, options: PercepNetOptions = {}) {
    this.config = mergeConfig(DEFAULT_CONFIG, options);
    this.wasm = new PercepNetWasm(WasmModel.whole(assets.module, assets.model), this.config);
  }

  /** Samples at 48 kHz from input to output of processFrame. */
  get latency(): number {
    return LATENCY;
  }

  /** What is known of the last frame that came out. */
  get frameInfo(): FrameInfo {
    const info = emptyFrameInfo();
    this.wasm.readFrameInfo(0, info);
    return info;
  }

  /**
   * What was done to the NUM_BANDS bands of that frame, copied into arrays of as many: what each was multiplied by
   * (after postfilter and attenuation limit) and how much of it is the comb filter's, 0..1. For displays.
   */
  readBands(gains: Float32Array, strengths: Float32Array): void {
    this.wasm.readBands(0, gains, strengths);
  }

  /**
   * One frame of FRAME_SIZE samples in +-1.0 at 48 kHz, LATENCY samples late; `output` may be `input`.
   * Returns the probability of voice in `output`, 0..1. Throws PercepNetError 'bad-arg' on another length.
   */
  processFrame(output: Float32Array, input: Float32Array): number {
    if (output.length !== FRAME_SIZE || input.length !== FRAME_SIZE)
      throw new PercepNetError(
        'bad-arg',
        `a frame is ${FRAME_SIZE} samples, not ${input.length} in and ${output.length} out`,
      );
    this.wasm.input.set(input);
    const voice = this.wasm.processFrame(0);
    output.set(this.wasm.output);
    return voice;
  }

  /**
   * A whole signal at 48 kHz, from a fresh start: as long as `samples` and aligned with them. `onProgress` is told after
   * each second how many samples are done.
   */
  enhance(samples: Float32Array, onProgress?: (done: number) => void): Float32Array<ArrayBuffer> {
    const enhanced = new Float32Array(samples.length);
    this.reset();
    for (let start = 0; start < samples.length + LATENCY; start += FRAME_SIZE) {
      this.wasm.input.fill(0);
      this.wasm.input.set(samples.subarray(start, start + FRAME_SIZE));
      this.wasm.processFrame(0);
      copyFrame(enhanced, start - LATENCY, this.wasm.output);
      if (start > LATENCY && (start - LATENCY) % SAMPLE_RATE === 0) onProgress?.(start - LATENCY);
    }
    return enhanced;
  }

  /** Forgets the past; the configuration stays. */
  reset(): void {
    this.wasm.reset(0);
  }

  /** Changes the given options from the next frame on. Throws PercepNetError 'bad-arg'. */
  setConfig(options: PercepNetOptions): void {
    this.config = mergeConfig(this.config, options);
    this.wasm.setConfig(this.config);
  }
}

/** Copies `frame` to `start`, leaving out what lies before or behind `target`. */
function copyFrame(target: Float32Array, start: number, frame: Float32Array): void {
  const from = Math.max(0, -start);
  const to = Math.min(frame.length, target.length - start);
  if (from < to) target.set(frame.subarray(from, to), start + from);
}
