import { SAMPLE_RATE } from './constants.ts';
import { PercepNetError } from './errors.ts';
import { align, growTo, instanceOf } from './wasm_memory.ts';

/** The part of the module's exports that is used here; see percepnet.h. */
interface Exports {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  percepnet_resampler_get_size(from: number, to: number): number;
  percepnet_resampler_init(resampler: number, from: number, to: number, offset: number): number;
  percepnet_resampler_reset(resampler: number): void;
  percepnet_resampler_process(
    resampler: number,
    out: number,
    room: number,
    input: number,
    length: number,
  ): number;
}

function failed(what: string): PercepNetError {
  const advice = `make the AudioContext with sampleRate: ${SAMPLE_RATE}, which needs no resampling`;
  return new PercepNetError('processor', `${what}: ${advice}`);
}

/**
 * The core's resamplers between a rate and 48 kHz, one each way per channel, in an instance of the module of their own:
 *
 *   |stack, data| __heap_base: |up 0|up 1|...|down 0|down 1|...|input|output|
 *
 * All memory is taken in the constructor; no method allocates.
 */
export class WasmResamplers {
  private readonly exports: Exports;
  private readonly rate: number;
  private readonly channels: number;
  private readonly longest: number;
  private readonly upSize: number;
  private readonly downSize: number;
  private readonly up: number;
  private readonly down: number;
  private readonly bytes: Uint8Array;
  private readonly input: Float32Array;
  private readonly output: Float32Array;

  /** `rate`: whole Hz, 8000..192000. `longest`: samples of the longest block, on either side. */
  constructor(module: WebAssembly.Module, rate: number, channels: number, longest: number) {
    this.exports = instanceOf<Exports>(module);
    this.rate = rate;
    this.channels = channels;
    this.longest = longest;
    const { memory, __heap_base } = this.exports;
    this.upSize = align(this.exports.percepnet_resampler_get_size(rate, SAMPLE_RATE));
    this.downSize = align(this.exports.percepnet_resampler_get_size(SAMPLE_RATE, rate));
    this.up = align(Number(__heap_base.value));
    this.down = this.up + channels * this.upSize;
    const input = this.down + channels * this.downSize;
    const output = align(input + 4 * longest);
    growTo(memory, output + 4 * longest);
    this.bytes = new Uint8Array(memory.buffer);
    this.input = new Float32Array(memory.buffer, input, longest);
    this.output = new Float32Array(memory.buffer, output, longest);
    for (let channel = 0; channel < channels; channel++)
      this.check(
        this.exports.percepnet_resampler_init(this.up + channel * this.upSize, rate, SAMPLE_RATE, 0),
      );
    this.delayWayBack(0);
  }

  /** Starts the ways back to the context's rate afresh, each later by `offset`; see percepnet_resampler_init. */
  delayWayBack(offset: number): void {
    for (let channel = 0; channel < this.channels; channel++)
      this.check(
        this.exports.percepnet_resampler_init(
          this.down + channel * this.downSize,
          SAMPLE_RATE,
          this.rate,
          offset,
        ),
      );
  }

  /** A block of a channel to 48 kHz; returns how many samples of `output` it has become. No input is silence. */
  toInner(channel: number, output: Float32Array, input: Float32Array | undefined, length: number): number {
    return this.process(this.up + channel * this.upSize, output, output.length, input, length);
  }

  /** `length` samples at 48 kHz of a channel back: fills `output`. */
  fromInner(channel: number, output: Float32Array, input: Float32Array, length: number): void {
    const made = this.process(this.down + channel * this.downSize, output, output.length, input, length);
    if (made !== output.length)
      throw failed(`${made} samples instead of ${output.length} after resampling`);
  }

  /** Makes channel `to` continue where `from` is. */
  copyChannel(to: number, from: number): void {
    this.copy(this.up, this.upSize, to, from);
    this.copy(this.down, this.downSize, to, from);
  }

  reset(): void {
    for (let channel = 0; channel < this.channels; channel++) {
      this.exports.percepnet_resampler_reset(this.up + channel * this.upSize);
      this.exports.percepnet_resampler_reset(this.down + channel * this.downSize);
    }
  }

  private process(
    resampler: number,
    output: Float32Array,
    room: number,
    input: Float32Array | undefined,
    length: number,
  ): number {
    if (length > this.longest) throw failed(`a block of ${length} samples, more than ${this.longest}`);
    for (let i = 0; i < length; i++) this.input[i] = input === undefined ? 0 : input[i];
    const made = this.exports.percepnet_resampler_process(
      resampler,
      this.output.byteOffset,
      Math.min(room, this.longest),
      this.input.byteOffset,
      length,
    );
    this.check(made);
    for (let i = 0; i < made; i++) output[i] = this.output[i];
    return made;
  }

  private copy(start: number, size: number, to: number, from: number): void {
    this.bytes.copyWithin(start + to * size, start + from * size, start + (from + 1) * size);
  }

  private check(result: number): void {
    if (result < 0) throw failed(`the resampler answers with error ${result}`);
  }
}
