const WORDS = 3;
const PROBES = 2000;
const START_LIMIT_MS = 5000;

/** How good a clock was. */
export interface ClockQuality {
  /** 'shared': a worker writes performance.now() into shared memory. 'date': Date.now, whole milliseconds. */
  kind: 'shared' | 'date';
  /** The smallest step, ms. */
  resolutionMs: number;
  /** The longest time that it stood still while something else ran on its core, ms. */
  longestGapMs: number;
  /** How often it stood still for more than 0.1 ms. */
  longGaps: number;
}

/** Whether the audio thread can be given a fine clock here: that takes cross-origin isolation and a second core. */
export function canShareClock(): boolean {
  return globalThis.crossOriginIsolated === true && navigator.hardwareConcurrency > 1;
}

/** A clock that the audio thread can read while stop() has not been called; it keeps one core busy. */
export class Clock {
  private constructor(
    readonly memory: SharedArrayBuffer | null,
    private readonly worker: Worker | null,
  ) {}

  static async start(): Promise<Clock> {
    if (!canShareClock()) return new Clock(null, null);
    const memory = new SharedArrayBuffer(WORDS * Float64Array.BYTES_PER_ELEMENT);
    const worker = new Worker(new URL('bench_clock.js', document.baseURI));
    worker.postMessage(memory);
    const words = new Float64Array(memory);
    const deadline = performance.now() + START_LIMIT_MS;
    while (words[0] === 0) {
      if (performance.now() > deadline) {
        worker.terminate();
        throw new Error('the clock worker does not start: reload the page');
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    words.fill(0, 1);
    return new Clock(memory, worker);
  }

  /** Ends the worker. */
  stop(): ClockQuality {
    if (this.memory === null) return { kind: 'date', resolutionMs: 1, longestGapMs: 0, longGaps: 0 };
    this.worker!.terminate();
    const [, longestGapMs, longGaps] = new Float64Array(this.memory);
    return { kind: 'shared', resolutionMs: smallestStep(), longestGapMs, longGaps };
  }
}

/** The smallest step of performance.now, ms. */
export function smallestStep(): number {
  let smallest = Infinity;
  let last = performance.now();
  for (let probe = 0; probe < PROBES;) {
    const time = performance.now();
    if (time === last) continue;
    smallest = Math.min(smallest, time - last);
    last = time;
    probe++;
    if (smallest > 0.05 && probe > 20) break; // a coarse clock: enough seen
  }
  return smallest;
}
