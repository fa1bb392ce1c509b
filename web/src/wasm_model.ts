import { writeConfig, type PercepNetConfig } from './config.ts';
import { CONFIG_FIELDS, FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { PercepNetError } from './errors.ts';
import { align, growTo, instanceOf } from './wasm_memory.ts';

const BAD_MODEL = -2;
const MORE = 1;
/** Bytes that one part of the work may go through: a few tenths of a millisecond, of the 2.7 ms of a render quantum. */
const COPIED_AT_ONCE = 2 ** 19;
const READ_AT_ONCE = 2 ** 20;

/** The module's exports, named as in percepnet.h; pointers are byte offsets into `memory`. */
interface Exports {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  percepnet_get_sample_rate(): number;
  percepnet_get_frame_size(): number;
  percepnet_get_latency(): number;
  percepnet_model_get_size(): number;
  percepnet_model_begin(model: number, blob: number, size: number): number;
  percepnet_model_advance(model: number, bytes: number): number;
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

function instantiate(module: WebAssembly.Module): Exports {
  try {
    const exports = instanceOf<Exports>(module);
    const ours =
      exports.percepnet_get_sample_rate() === SAMPLE_RATE &&
      exports.percepnet_get_frame_size() === FRAME_SIZE &&
      exports.percepnet_get_latency() === LATENCY;
    if (ours) return exports;
  } catch (cause) {
    if (cause instanceof PercepNetError) throw cause;
    throw new PercepNetError('bad-module', 'not a PercepNet module: build the bundle again', { cause });
  }
  throw new PercepNetError(
    'bad-module',
    'module and library are of different versions: build the bundle again',
  );
}

function refused(config: PercepNetConfig): PercepNetError {
  return new PercepNetError(
    'bad-arg',
    `the module refuses the options ${JSON.stringify(config)}: give numbers within their ranges`,
  );
}

/**
 * A model in an instance of the module, and the states of any number of streams that it serves, all of one size:
 *
 *   |stack, data| __heap_base: |.pnet file|prepared model|input frame|output frame|config|state 0|state 1|...
 *
 * The memory grows when states are taken, which makes all views anew, and never afterwards.
 */
export class WasmModel {
  readonly exports: Exports;
  readonly inputAddress: number;
  readonly outputAddress: number;
  /** A call into the instance did not return as it should: what is in its memory cannot be trusted any more. */
  failed = false;
  private readonly configAddress: number;
  private readonly blob: number;
  private readonly blobSize: number;
  private readonly model: number;
  private readonly states: number;
  private stateSize = 0;
  /** Until its bytes are in the memory. */
  private file: Uint8Array | null;
  private copied = 0;
  /** States below the memory's end that no stream uses. */
  private readonly free: number[] = [];
  private count = 0;
  bytes!: Uint8Array;
  floats!: Float32Array;
  integers!: Int32Array;
  input!: Float32Array;
  output!: Float32Array;

  /** At once, for threads that may be held so long. Throws PercepNetError 'bad-module', 'bad-model' or 'unsupported'. */
  static whole(module: WebAssembly.Module, modelFile: Uint8Array): WasmModel {
    const model = new WasmModel(module, modelFile);
    model.complete();
    return model;
  }

  /**
   * Only the beginning: no stream can be made until `advance` has made it whole. Throws PercepNetError 'bad-module' or
   * 'unsupported'.
   */
  constructor(module: WebAssembly.Module, modelFile: Uint8Array) {
    this.exports = instantiate(module);
    this.blob = align(Number(this.exports.__heap_base.value));
    this.blobSize = modelFile.byteLength;
    this.model = align(this.blob + this.blobSize);
    this.inputAddress = align(this.model + this.exports.percepnet_model_get_size());
    this.outputAddress = align(this.inputAddress + 4 * FRAME_SIZE);
    this.configAddress = align(this.outputAddress + 4 * FRAME_SIZE);
    this.states = align(this.configAddress + 4 * CONFIG_FIELDS.length);
    this.makeRoom(this.states);
    this.file = modelFile;
  }

  get isWhole(): boolean {
    return this.stateSize > 0;
  }

  /** A part of what is left to do. Throws PercepNetError 'bad-model', and must not be used any more. */
  advance(): void {
    try {
      if (this.file !== null) this.copyPart(this.file);
      else if (!this.isWhole) this.readPart();
    } catch (error) {
      this.failed = true;
      throw error;
    }
  }

  /** All that is left to do. Throws as `advance`. */
  complete(): void {
    while (!this.isWhole) this.advance();
  }

  /** Bytes of WebAssembly memory. */
  get memorySize(): number {
    return this.bytes.byteLength;
  }

  /** The address of a new stream's state. Throws PercepNetError 'bad-arg' or 'unsupported'. */
  takeState(config: PercepNetConfig): number {
    if (this.free.length === 0) this.addState();
    const state = this.free[this.free.length - 1];
    if (this.exports.percepnet_init(state, this.model, this.put(config)) !== 0) throw refused(config);
    this.free.pop();
    return state;
  }

  giveBack(state: number): void {
    this.free.push(state);
  }

  /** Throws PercepNetError 'bad-arg'. Never allocates. */
  configure(state: number, config: PercepNetConfig): void {
    if (this.exports.percepnet_set_config(state, this.put(config)) !== 0) throw refused(config);
  }

  copyState(to: number, from: number): void {
    this.bytes.copyWithin(to, from, from + this.stateSize);
  }

  private put(config: PercepNetConfig): number {
    writeConfig(this.floats, this.configAddress / 4, config);
    return this.configAddress;
  }

  private addState(): void {
    const state = this.states + this.count * this.stateSize;
    this.makeRoom(state + this.stateSize);
    this.count++;
    this.free.push(state);
  }

  private makeRoom(bytes: number): void {
    const { memory } = this.exports;
    growTo(memory, bytes);
    this.bytes = new Uint8Array(memory.buffer);
    this.floats = new Float32Array(memory.buffer);
    this.integers = new Int32Array(memory.buffer);
    this.input = new Float32Array(memory.buffer, this.inputAddress, FRAME_SIZE);
    this.output = new Float32Array(memory.buffer, this.outputAddress, FRAME_SIZE);
  }

  private copyPart(file: Uint8Array): void {
    const part = file.subarray(this.copied, this.copied + COPIED_AT_ONCE);
    this.bytes.set(part, this.blob + this.copied);
    this.copied += part.length;
    if (this.copied < this.blobSize) return;
    this.file = null;
    this.checked(this.exports.percepnet_model_begin(this.model, this.blob, this.blobSize));
  }

  private readPart(): void {
    const answer = this.exports.percepnet_model_advance(this.model, READ_AT_ONCE);
    if (answer === MORE) return;
    this.checked(answer);
    this.stateSize = align(this.exports.percepnet_get_size(this.model));
  }

  private checked(error: number): void {
    if (error === BAD_MODEL)
      throw new PercepNetError(
        'bad-model',
        `not a PercepNet model of this version (${this.blobSize} bytes): download or export it again`,
      );
    if (error !== 0)
      throw new PercepNetError(
        'bad-model',
        `the module cannot take the model (error ${error}): copy all files of one build`,
      );
  }
}
