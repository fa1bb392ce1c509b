/** What the page and the recorder on the audio thread (bench_worklet.ts) tell each other. */
export const RECORDER_NAME = 'bench-recorder';

export interface RecorderOptions {
  /** A clock's memory; null for Date.now. */
  clock: SharedArrayBuffer | null;
  /** How many calls to time; 0: none. */
  calls: number;
}

/**
 * 'ask': has the timed processor a value in this property yet? 'release': empty it, so that the memory of its module can be
 * freed; a processor is kept as long as its page, and there is room for about a hundred modules.
 */
export interface RecorderRequest {
  type: 'ask' | 'release';
  property: string;
}

export type RecorderMessage = { type: 'times'; times: Float64Array } | { type: 'ready'; ready: boolean };
