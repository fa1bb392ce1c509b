import type { BlockEngine, EngineSettings } from './block_engine.ts';
import { Channels } from './channels.ts';
import type { PercepNetConfig } from './config.ts';
import { emptyFrameInfo, PercepNetWasm } from './wasm.ts';

/** Does the work where it is called: in `process` of the worklet. */
export class InlineEngine implements BlockEngine {
  private readonly wasm: PercepNetWasm;
  private readonly channels: Channels;

  /** Throws PercepNetError 'bad-module', 'bad-model', 'bad-arg' or 'unsupported'. */
  constructor(module: WebAssembly.Module, model: Uint8Array, settings: EngineSettings) {
    const wasm = new PercepNetWasm(module, model, settings.config, settings.channels);
    const info = emptyFrameInfo();
    const onFrame = (stream: number): void => {
      wasm.readFrameInfo(stream, info);
      settings.onFrame(stream, info);
    };
    this.wasm = wasm;
    this.channels = new Channels(wasm, onFrame, settings.spread);
    this.channels.expect(settings.blockLengths);
  }

  get delay(): number {
    return this.channels.delay;
  }

  process(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    this.channels.process(output, input);
  }

  reset(): void {
    this.channels.reset();
  }

  setConfig(config: PercepNetConfig): void {
    this.wasm.setConfig(config);
  }

  close(): void {} // the collector takes the memory
}
