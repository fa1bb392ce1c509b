/**
 * Added to a context before the script of a processor: every processor registered afterwards, whosever it is, is timed call
 * by call, its script untouched. A node of RECORDER_NAME says what to note, and sends it when enough calls were made.
 */
import {
  RECORDER_NAME,
  type RecorderMessage,
  type RecorderOptions,
  type RecorderRequest,
} from './recorder.ts';

type ProcessorClass = Parameters<typeof registerProcessor>[1];
type MixinBase = new (...options: any[]) => {
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters?: unknown): boolean;
};

/** What is timed at the moment. */
const run = {
  now: null as (() => number) | null,
  times: new Float64Array(0),
  count: 0,
  finish: (): void => {},
  timed: null as Record<string, unknown> | null,
};

const register = registerProcessor;

function timedVersion(Processor: ProcessorClass): ProcessorClass {
  const timed = class extends (Processor as MixinBase) {
    constructor(...options: any[]) {
      super(...options);
      run.timed = this as unknown as Record<string, unknown>;
    }

    override process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: unknown): boolean {
      if (run.now === null) return super.process(inputs, outputs, parameters);
      const start = run.now();
      const alive = super.process(inputs, outputs, parameters);
      if (run.count < run.times.length) run.times[run.count++] = run.now() - start;
      if (run.count === run.times.length) run.finish();
      return alive;
    }
  };
  return timed as ProcessorClass;
}

class Recorder extends AudioWorkletProcessor {
  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    const { clock, calls } = processorOptions as RecorderOptions;
    run.times = new Float64Array(calls);
    run.now = calls === 0 ? null : makeClock(clock);
    run.finish = () => {
      run.finish = () => {};
      this.post({ type: 'times', times: run.times });
    };
    this.port.onmessage = ({ data }: MessageEvent<RecorderRequest>) => this.obey(data);
  }

  override process(): boolean {
    return true;
  }

  private obey({ type, property }: RecorderRequest): void {
    if (type === 'ask') this.post({ type: 'ready', ready: run.timed?.[property] !== undefined });
    else if (run.timed !== null) run.timed[property] = undefined;
  }

  private post(message: RecorderMessage): void {
    this.port.postMessage(message);
  }
}

function makeClock(memory: SharedArrayBuffer | null): () => number {
  if (memory === null) return Date.now;
  const words = new Float64Array(memory);
  return () => words[0];
}

register(RECORDER_NAME, Recorder);
globalThis.registerProcessor = (name, processor) => register(name, timedVersion(processor));
