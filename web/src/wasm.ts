import type { PercepNetConfig } from './config.ts';
import { FRAME_INFO_FIELDS, NUM_BANDS } from './constants.ts';
import { PercepNetError } from './errors.ts';
import type { WasmModel } from './wasm_model.ts';

/** What is known of the last frame that came out; members of PercepNetFrameInfo in C. */
export interface FrameInfo {
  /** Probability of speech, 0..1. */
  voice: number;
  /** Estimated signal-to-noise ratio, dB. */
  snrDb: number;
  /** Pitch period, samples at 48 kHz. */
  period: number;
  /** Normalised correlation at that period, 0..1. */
  pitchCorrelation: number;
  /** Samples of the newest input frame that were not finite or absurdly large, and were replaced. */
  repaired: number;
}

const FRAME_INFO_INDEX = Object.fromEntries(
  FRAME_INFO_FIELDS.map((field, index) => [field.name, index]),
) as Record<(typeof FRAME_INFO_FIELDS)[number]['name'], number>;

/** Mono streams of a model, which may serve others too. Throws PercepNetError 'bad-arg' or 'unsupported'. */
export class PercepNetWasm {
  private readonly model: WasmModel;
  private readonly states: number[] = [];

  constructor(model: WasmModel, config: PercepNetConfig, streams = 1) {
    this.model = model;
    try {
      while (this.states.length < streams) this.states.push(model.takeState(config));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The frame that processFrame reads, FRAME_SIZE samples in +-1.0. Streams share it: fill it, then call. */
  get input(): Float32Array {
    return this.model.input;
  }

  /** The frame that it writes: read it before anything else is called. */
  get output(): Float32Array {
    return this.model.output;
  }

  /** Enhances `input` into `output`. Returns the probability of voice in `output`, 0..1. */
  processFrame(stream: number): number {
    const { exports, outputAddress, inputAddress } = this.model;
    return exports.percepnet_process_frame(this.states[stream], outputAddress, inputAddress);
  }

  /** Takes the frame in `input`. beginFrame, advance, endFrame: a frame in parts; see percepnet.h. */
  beginFrame(stream: number): void {
    this.check(this.model.exports.percepnet_begin_frame(this.states[stream], this.model.inputAddress));
  }

  /** Works on the stream's frame until about `goal` thousandths of it are done; returns how many are. */
  advance(stream: number, goal: number): number {
    return this.model.exports.percepnet_advance(this.states[stream], goal);
  }

  /** Does what is left of the frame and fills `output`. */
  endFrame(stream: number): void {
    this.check(this.model.exports.percepnet_end_frame(this.states[stream], this.model.outputAddress));
  }

  /** Forgets the stream's past; the configuration stays. */
  reset(stream: number): void {
    this.model.exports.percepnet_reset(this.states[stream]);
  }

  /** Takes effect at the next frame of every stream that begins. Never allocates. */
  setConfig(config: PercepNetConfig): void {
    for (let stream = 0; stream < this.states.length; stream++)
      this.model.configure(this.states[stream], config);
  }

  /** Reads the stream's PercepNetFrameInfo into `info`, without allocating. */
  readFrameInfo(stream: number, info: FrameInfo): void {
    const at = this.model.exports.percepnet_get_frame_info(this.states[stream]) / 4;
    info.voice = this.model.floats[at + FRAME_INFO_INDEX.voice];
    info.snrDb = this.model.floats[at + FRAME_INFO_INDEX.snr_db];
    info.period = this.model.integers[at + FRAME_INFO_INDEX.period];
    info.pitchCorrelation = this.model.floats[at + FRAME_INFO_INDEX.pitch_correlation];
    info.repaired = this.model.integers[at + FRAME_INFO_INDEX.repaired];
  }

  /** Copies the gains and the comb strengths of the stream's last frame, NUM_BANDS each, without allocating. */
  readBands(stream: number, gains: Float32Array, strengths: Float32Array): void {
    const gainsAt = this.model.exports.percepnet_get_gains(this.states[stream]) / 4;
    const strengthsAt = this.model.exports.percepnet_get_strengths(this.states[stream]) / 4;
    for (let band = 0; band < NUM_BANDS; band++) {
      gains[band] = this.model.floats[gainsAt + band];
      strengths[band] = this.model.floats[strengthsAt + band];
    }
  }

  /** Makes stream `to` continue where `from` is. */
  copyStream(to: number, from: number): void {
    this.model.copyState(this.states[to], this.states[from]);
  }

  /** Gives the streams' memory back to the model, for others; makes no objects. Nothing may be called afterwards. */
  close(): void {
    for (let stream = 0; stream < this.states.length; stream++) this.model.giveBack(this.states[stream]);
    this.states.length = 0;
  }

  private check(error: number): void {
    if (error !== 0)
      throw new PercepNetError('processor', `the module answers with error ${error}: set the assets again`);
  }
}

/** A FrameInfo to read into. */
export function emptyFrameInfo(): FrameInfo {
  return { voice: 0, snrDb: 0, period: 0, pitchCorrelation: 0, repaired: 0 };
}
