import { Channels } from './channels.ts';
import { PercepNetError } from './errors.ts';
import {
  PROCESSOR_NAME,
  type ErrorMessage,
  type FromProcessor,
  type ProcessorOptions,
  type ToProcessor,
} from './protocol.ts';
import { Reporter } from './reporter.ts';
import { PercepNetWasm } from './wasm.ts';

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

/** Everything that `process` uses; made in the constructor. */
interface Engine {
  wasm: PercepNetWasm;
  channels: Channels;
  reporter: Reporter;
}

/** The audio thread's side. After a failure, told once, the sound passes through untouched. */
class PercepNetProcessor extends AudioWorkletProcessor {
  private engine: Engine | null = null;
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
      this.engine.reporter.start();
      this.engine.channels.process(outputs[0], inputs[0]);
      this.engine.reporter.end(this.engine.channels.delay);
    } catch (error) {
      this.fail(error);
      passThrough(outputs[0], inputs[0]);
    }
    return true;
  }

  private createEngine({ module, model, config, spread }: ProcessorOptions): Engine {
    const wasm = new PercepNetWasm(compiled(module), model, config, MAX_CHANNELS);
    const post = (message: FromProcessor): void => this.port.postMessage(message);
    const reporter = new Reporter(post, (stream, info) => wasm.readFrameInfo(stream, info));
    const channels = new Channels(wasm, (stream) => reporter.frame(stream), spread);
    return { wasm, channels, reporter };
  }

  private obey(message: ToProcessor): void {
    if (message.type === 'destroy') {
      this.alive = false;
      this.engine = null;
      return;
    }
    try {
      if (message.type === 'config') this.engine?.wasm.setConfig(message.config);
      else this.engine?.channels.reset();
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
