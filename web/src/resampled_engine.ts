import type { BlockEngine } from './block_engine.ts';
import type { PercepNetConfig } from './config.ts';
import { LATENCY, SAMPLE_RATE } from './constants.ts';
import { blockLengths, pathThrough } from './context_rate.ts';
import { ResamplerPool } from './resampler_pool.ts';
import type { WasmResamplers } from './wasm_resampler.ts';

/** Blocks may turn out longer than expected, but no longer than this. */
const LONGEST_BLOCK = 8192;

/** The first `length` samples of a channel, or of two. */
interface Views {
  mono: readonly Float32Array[];
  stereo: readonly Float32Array[];
}

/** Room for blocks at 48 kHz, with views of the lengths that come: made when a length comes for the first time. */
class Blocks {
  readonly channels: readonly Float32Array[];
  private readonly views = new Map<number, Views>();

  constructor(channels: number) {
    this.channels = Array.from({ length: channels }, () => new Float32Array(LONGEST_BLOCK));
  }

  of(length: number, channels: number): readonly Float32Array[] {
    const views = this.views.get(length) ?? this.make(length);
    return channels === 1 ? views.mono : views.stereo;
  }

  private make(length: number): Views {
    const stereo = this.channels.map((channel) => channel.subarray(0, length));
    const views = { mono: stereo.slice(0, 1), stereo };
    this.views.set(length, views);
    return views;
  }
}

/** An engine for contexts that do not run at 48 kHz: its sound is brought there and back. */
export class ResampledEngine implements BlockEngine {
  private readonly inner: BlockEngine;
  private readonly rate: number;
  private readonly resamplers: WasmResamplers;
  private readonly input: Blocks;
  private readonly output: Blocks;
  private innerDelay = -1;
  private readonly done: () => void;
  private channels = 1;
  private ownDelay = 0;
  /** A call has begun, or has failed. */
  private busy = false;

  /** `rate` and `quantum`: of the context, Hz and samples. `inner` works at 48 kHz. `pool`: of this rate. */
  constructor(
    inner: BlockEngine,
    module: WebAssembly.Module,
    rate: number,
    quantum: number,
    channels: number,
    pool = new ResamplerPool(rate),
  ) {
    this.inner = inner;
    this.rate = rate;
    ({ resamplers: this.resamplers, done: this.done } = pool.take(module, channels, LONGEST_BLOCK));
    this.input = new Blocks(channels);
    this.output = new Blocks(channels);
    for (const length of blockLengths(rate, quantum))
      for (const blocks of [this.input, this.output]) blocks.of(length, 1);
    this.follow();
  }

  get delay(): number {
    return this.ownDelay;
  }

  process(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    this.busy = true;
    if (output.length > this.channels) this.resamplers.copyChannel(1, 0);
    this.channels = output.length;
    const inputs = Math.max(1, input.length);
    let length = 0;
    for (let channel = 0; channel < output.length; channel++) {
      const source = input.length > channel ? input[channel] : input[0];
      length = this.resamplers.toInner(channel, this.input.channels[channel], source, output[0].length);
    }
    this.inner.process(this.output.of(length, output.length), this.input.of(length, inputs));
    this.follow();
    for (let channel = 0; channel < output.length; channel++)
      this.resamplers.fromInner(channel, output[channel], this.output.channels[channel], length);
    this.busy = false;
  }

  reset(): void {
    this.inner.reset();
    this.resamplers.reset();
  }

  setConfig(config: PercepNetConfig): void {
    this.inner.setConfig(config);
  }

  close(): void {
    this.inner.close();
    if (!this.busy) this.done();
  }

  /** The delay in whole samples of the context, whatever the inner one is. */
  private follow(): void {
    if (this.inner.delay === this.innerDelay) return;
    this.innerDelay = this.inner.delay;
    const { latency, offset } = pathThrough(this.rate, this.innerDelay + LATENCY);
    this.resamplers.delayWayBack(offset);
    this.ownDelay = latency - (LATENCY * this.rate) / SAMPLE_RATE;
  }
}
