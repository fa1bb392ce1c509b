import type { BlockEngine } from './block_engine.ts';
import { PercepNetError } from './errors.ts';
import { InlineEngine } from './inline_engine.ts';
import { PROCESSOR_NAME, type ErrorMessage, type ProcessorOptions, type ToProcessor } from './protocol.ts';
import { Reporter } from './reporter.ts';

const MAX_CHANNELS = 2;

function compiled(module: WebAssembly.Module | ArrayBuffer): WebAssembly.Module {
  return module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module);
}

function passThrough(output: readonly Float32Array[], input: readonly Float32Array[]): void {
  for (let channel = 0; channel < output.length; channel++) {
    const source = input.length > channel ? input[channel] : input[0];
    if (source !== undefined) output[channel].set(source);
  }
}

/** The audio thread's side. After a failure, told once, the sound passes through untouched. */
class PercepNetProcessor extends AudioWorkletProcessor {
  private readonly reporter = new Reporter((message) => this.port.postMessage(message));
  private engine: BlockEngine | null = null;
  private alive = true;

  constructor(options: AudioWorkletNodeOptions) {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToProcessor>) => this.obey(data);
    try {
      this.engine = this.createEngine(options.processorOptions as ProcessorOptions);
    } catch (error) {
      this.fail(error);
    }
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    if (!this.alive) return false;
    if (this.engine === null) {
      passThrough(outputs[0], inputs[0]);
      return true;
    }
    try {
      this.reporter.start();
      this.engine.process(outputs[0], inputs[0]);
      this.reporter.end(this.engine.delay);
    } catch (error) {
      this.fail(error);
      passThrough(outputs[0], inputs[0]);
    }
    return true;
  }

  private createEngine({ module, model, config, spread }: ProcessorOptions): BlockEngine {
    return new InlineEngine(compiled(module), model, {
      config,
      spread,
      channels: MAX_CHANNELS,
      blockLengths: [],
      onFrame: (stream, info) => this.reporter.frame(stream, info),
    });
  }

  private obey(message: ToProcessor): void {
    if (message.type === 'destroy') {
      this.alive = false;
      this.engine = null;
      return;
    }
    try {
      if (message.type === 'config') this.engine?.setConfig(message.config);
      else this.engine?.reset();
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.engine = null;
    const code = error instanceof PercepNetError ? error.code : 'processor';
    const message: ErrorMessage = {
      type: 'error',
      code,
      message: `the audio thread failed and lets the sound pass untouched; make a new node (${String(error)})`,
    };
    this.port.postMessage(message);
  }
}

registerProcessor(PROCESSOR_NAME, PercepNetProcessor);
