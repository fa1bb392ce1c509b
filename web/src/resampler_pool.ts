import { WasmResamplers } from './wasm_resampler.ts';

interface Kept {
  module: WebAssembly.Module;
  channels: number;
  resamplers: WasmResamplers;
}

/**
 * Resamplers that engines have given back, for the next ones: an instance that is dropped waits for the collector. Those
 * of a module are kept until one of another is wanted.
 */
export class ResamplerPool {
  private kept: Kept[] = [];

  constructor(private readonly rate: number) {}

  /** As new; who no longer needs them calls `done`, unless they have failed. */
  take(
    module: WebAssembly.Module,
    channels: number,
    longest: number,
  ): { resamplers: WasmResamplers; done: () => void } {
    this.kept = this.kept.filter((one) => one.module === module);
    const at = this.kept.findIndex((one) => one.channels === channels);
    const resamplers =
      at < 0
        ? new WasmResamplers(module, this.rate, channels, longest)
        : this.kept.splice(at, 1)[0].resamplers;
    resamplers.reset();
    const mine = { module, channels, resamplers }; // made here: `done` is called between two blocks
    return { resamplers, done: () => void this.kept.push(mine) };
  }
}
