import { writeConfig, type PercepNetConfig } from './config.ts';
import {
  CONFIG_FIELDS,
  FRAME_INFO_FIELDS,
  FRAME_SIZE,
  LATENCY,
  NUM_BANDS,
  SAMPLE_RATE,
} from './constants.ts';
import { PercepNetError } from './errors.ts';

const PAGE = 65536;
const ALIGNMENT = 16;
const BAD_MODEL = -2;

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

/** The module's exports, named as in percepnet.h; pointers are byte offsets into `memory`. */
interface Exports {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  percepnet_get_sample_rate(): number;
  percepnet_get_frame_size(): number;
  percepnet_get_latency(): number;
  percepnet_model_get_size(): number;
  percepnet_model_init(model: number, blob: number, size: number): number;
  percepnet_get_size(model: number): number;
  percepnet_init(state: number, model: number, config: number): number;
  percepnet_reset(state: number): void;
  percepnet_set_config(state: number, config: number): number;
  percepnet_process_frame(state: number, out: number, input: number): number;
  percepnet_begin_frame(state: number, input: number): number;
  percepnet_advance(state: number, goal: number): number;
  percepnet_end_frame(state: number, out: number): number;
  percepnet_get_frame_info(state: number): number;
  percepnet_get_gains(state: number): number;
  percepnet_get_strengths(state: number): number;
}

const FRAME_INFO_INDEX = Object.fromEntries(
  FRAME_INFO_FIELDS.map((field, index) => [field.name, index]),
) as Record<(typeof FRAME_INFO_FIELDS)[number]['name'], number>;

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (missing <= 0) return;
  try {
    memory.grow(missing);
  } catch (cause) {
    throw new PercepNetError('unsupported', `no memory for ${bytes} bytes: take a smaller model`, { cause });
  }
}

function instantiate(module: WebAssembly.Module): Exports {
  try {
    const exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
    const ours =
      exports.percepnet_get_sample_rate() === SAMPLE_RATE &&
      exports.percepnet_get_frame_size() === FRAME_SIZE &&
      exports.percepnet_get_latency() === LATENCY;
    if (ours) return exports;
  } catch (cause) {
    throw new PercepNetError('bad-module', 'not a PercepNet module: build the bundle again', { cause });
  }
  throw new PercepNetError(
    'bad-module',
    'module and library are of different versions: build the bundle again',
  );
}

/**
 * One instance of the module, with one model and one or more mono streams in its memory:
 *
 *   |stack, data| __heap_base: |model file|PercepNetModel|state 0|state 1|...|input frame|output frame|config|
 *
 * All memory is taken in the constructor; no method allocates in it afterwards, so the views stay valid.
 * Throws PercepNetError 'bad-module', 'bad-model', 'bad-arg' or 'unsupported'.
 */
export class PercepNetWasm {
  /** The frame that processFrame reads and the one it writes: FRAME_SIZE samples in +-1.0. */
  readonly input: Float32Array;
  readonly output: Float32Array;
  readonly streams: number;
  private readonly exports: Exports;
  private readonly states: number[] = [];
  private readonly stateSize: number;
  private readonly inputAddress: number;
  private readonly outputAddress: number;
  private readonly configAddress: number;
  private readonly bytes: Uint8Array;
  private readonly floats: Float32Array;
  private readonly integers: Int32Array;

  constructor(module: WebAssembly.Module, modelFile: Uint8Array, config: PercepNetConfig, streams = 1) {
    this.exports = instantiate(module);
    this.streams = streams;
    const { memory } = this.exports;
    const blob = align(Number(this.exports.__heap_base.value));
    const model = align(blob + modelFile.byteLength);
    const states = align(model + this.exports.percepnet_model_get_size());
    growTo(memory, states);
    new Uint8Array(memory.buffer).set(modelFile, blob);
    this.initModel(model, blob, modelFile.byteLength);

    this.stateSize = align(this.exports.percepnet_get_size(model));
    for (let stream = 0; stream < streams; stream++) this.states.push(states + stream * this.stateSize);
    this.inputAddress = states + streams * this.stateSize;
    this.outputAddress = align(this.inputAddress + 4 * FRAME_SIZE);
    this.configAddress = align(this.outputAddress + 4 * FRAME_SIZE);
    growTo(memory, this.configAddress + 4 * CONFIG_FIELDS.length);

    this.bytes = new Uint8Array(memory.buffer);
    this.floats = new Float32Array(memory.buffer);
    this.integers = new Int32Array(memory.buffer);
    this.input = new Float32Array(memory.buffer, this.inputAddress, FRAME_SIZE);
    this.output = new Float32Array(memory.buffer, this.outputAddress, FRAME_SIZE);
    this.initStreams(model, config);
  }

  /** Bytes of WebAssembly memory. */
  get memorySize(): number {
    return this.bytes.byteLength;
  }

  /** Enhances `input` into `output`. Returns the probability of voice in `output`, 0..1. */
  processFrame(stream: number): number {
    return this.exports.percepnet_process_frame(this.states[stream], this.outputAddress, this.inputAddress);
  }

  /** Takes the frame in `input`. beginFrame, advance, endFrame: a frame in parts; see percepnet.h. */
  beginFrame(stream: number): void {
    this.check(this.exports.percepnet_begin_frame(this.states[stream], this.inputAddress));
  }

  /** Works on the stream's frame until about `goal` thousandths of it are done; returns how many are. */
  advance(stream: number, goal: number): number {
    return this.exports.percepnet_advance(this.states[stream], goal);
  }

  /** Does what is left of the frame and fills `output`. */
  endFrame(stream: number): void {
    this.check(this.exports.percepnet_end_frame(this.states[stream], this.outputAddress));
  }

  /** Forgets the stream's past; the configuration stays. */
  reset(stream: number): void {
    this.exports.percepnet_reset(this.states[stream]);
  }

  /** Takes effect at the next frame of every stream that begins. */
  setConfig(config: PercepNetConfig): void {
    this.writeConfig(config);
    for (const state of this.states) {
      if (this.exports.percepnet_set_config(state, this.configAddress) !== 0)
        throw new PercepNetError('bad-arg', `the module refuses the options ${JSON.stringify(config)}`);
    }
  }

  /** Reads the stream's PercepNetFrameInfo into `info`, without allocating. */
  readFrameInfo(stream: number, info: FrameInfo): void {
    const at = this.exports.percepnet_get_frame_info(this.states[stream]) / 4;
    info.voice = this.floats[at + FRAME_INFO_INDEX.voice];
    info.snrDb = this.floats[at + FRAME_INFO_INDEX.snr_db];
    info.period = this.integers[at + FRAME_INFO_INDEX.period];
    info.pitchCorrelation = this.floats[at + FRAME_INFO_INDEX.pitch_correlation];
    info.repaired = this.integers[at + FRAME_INFO_INDEX.repaired];
  }

  /** Copies the gains and the comb strengths of the stream's last frame, NUM_BANDS each, without allocating. */
  readBands(stream: number, gains: Float32Array, strengths: Float32Array): void {
    const gainsAt = this.exports.percepnet_get_gains(this.states[stream]) / 4;
    const strengthsAt = this.exports.percepnet_get_strengths(this.states[stream]) / 4;
    for (let band = 0; band < NUM_BANDS; band++) {
      gains[band] = this.floats[gainsAt + band];
      strengths[band] = this.floats[strengthsAt + band];
    }
  }

  /** Makes stream `to` continue where `from` is. */
  copyStream(to: number, from: number): void {
    this.bytes.copyWithin(this.states[to], this.states[from], this.states[from] + this.stateSize);
  }

  private check(error: number): void {
    if (error !== 0) throw new PercepNetError('processor', `the module answers with error ${error}`);
  }

  private initModel(model: number, blob: number, size: number): void {
    const error = this.exports.percepnet_model_init(model, blob, size);
    if (error === BAD_MODEL)
      throw new PercepNetError(
        'bad-model',
        `not a PercepNet model of this version (${size} bytes): download or export it again`,
      );
    if (error !== 0) throw new PercepNetError('bad-model', `the module refuses the model (error ${error})`);
  }

  private initStreams(model: number, config: PercepNetConfig): void {
    this.writeConfig(config);
    for (const state of this.states) {
      const error = this.exports.percepnet_init(state, model, this.configAddress);
      if (error !== 0) throw new PercepNetError('bad-arg', `the module refuses the options (error ${error})`);
    }
  }

  private writeConfig(config: PercepNetConfig): void {
    writeConfig(this.floats, this.configAddress / 4, config);
  }
}

/** A FrameInfo to read into. */
export function emptyFrameInfo(): FrameInfo {
  return { voice: 0, snrDb: 0, period: 0, pitchCorrelation: 0, repaired: 0 };
}
