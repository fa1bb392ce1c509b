/**
 * Added to a context before the script of a processor: the processor registered afterwards, whosever it is, is timed call by
 * call, its script untouched. A node of RECORDER_NAME sends the times of one stretch of calls after the other.
 */
import { examineClock, findClock } from './audio_clock.ts';
import { RECORDER_NAME, type RecordedTimes, type RecorderOptions, type RecorderRequest } from './recorder.ts';

type ProcessorClass = Parameters<typeof registerProcessor>[1];
type MixinBase = new (...options: any[]) => {
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters?: unknown): boolean;
};

const found = findClock();
const now = found.now;
const clock = examineClock(found);

/** What is timed. */
const run = {
  times: new Float64Array(0),
  count: 0,
  sounded: false,
  send: (_message: RecordedTimes): void => {},
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
      const start = now();
      const alive = super.process(inputs, outputs, parameters);
      note(now() - start - clock.readMs, outputs);
      return alive;
    }
  };
  return timed as ProcessorClass;
}

function note(time: number, outputs: Float32Array[][]): void {
  run.times[run.count++] = time;
  run.sounded ||= outputs[0][0].some((sample) => sample !== 0);
  if (run.count < run.times.length) return;
  run.send({ times: run.times, clock, sounded: run.sounded });
  run.count = 0;
}

class Recorder extends AudioWorkletProcessor {
  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    run.times = new Float64Array((processorOptions as RecorderOptions).calls);
    run.send = (message) => this.port.postMessage(message);
    this.port.onmessage = ({ data }: MessageEvent<RecorderRequest>) =>
      this.port.postMessage({ ready: run.timed?.[data.property] !== undefined });
  }

  override process(): boolean {
    return true;
  }
}

register(RECORDER_NAME, Recorder);
globalThis.registerProcessor = (name, processor) => register(name, timedVersion(processor));
