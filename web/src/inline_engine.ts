import type { BlockEngine, EngineSettings } from './block_engine.ts';
import { Channels } from './channels.ts';
import type { PercepNetConfig } from './config.ts';
import { PercepNetError } from './errors.ts';
import type { WasmModel } from './wasm_model.ts';
import { emptyFrameInfo, PercepNetWasm } from './wasm.ts';

/** Does the work where it is called: in `process` of the worklet. */
export class InlineEngine implements BlockEngine {
  private readonly wasm: PercepNetWasm;
  private readonly channels: Channels;

  /** `closed`: the model is no longer needed here. Throws PercepNetError 'bad-arg' or 'unsupported'. */
  constructor(
    private readonly model: WasmModel,
    settings: EngineSettings,
    private readonly closed: () => void = () => {},
  ) {
    const wasm = new PercepNetWasm(model, settings.config, settings.channels);
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

  /** A failure is one of all engines with the same model: they share its memory. */
  process(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    if (this.model.failed)
      throw new PercepNetError('processor', 'a node with the same model has failed: set the assets again');
    try {
      this.channels.process(output, input);
    } catch (error) {
      this.model.failed = true;
      throw error;
    }
  }

  /** Nothing once the model has failed, which the next block tells. */
  reset(): void {
    if (this.model.failed) return;
    try {
      this.channels.reset();
    } catch (error) {
      this.model.failed = true;
      throw error;
    }
  }

  /** Nothing once the model has failed, which the next block tells. */
  setConfig(config: PercepNetConfig): void {
    if (this.model.failed) return;
    try {
      this.wasm.setConfig(config);
    } catch (error) {
      if (!(error instanceof PercepNetError)) this.model.failed = true;
      throw error;
    }
  }

  close(): void {
    this.wasm.close();
    this.closed();
  }
}
