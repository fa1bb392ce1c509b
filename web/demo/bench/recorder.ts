/** What the page and the recorder on the audio thread (bench_worklet.ts) tell each other. */
export const RECORDER_NAME = 'bench-recorder';

export interface RecorderOptions {
  /** A clock's memory; null for Date.now. */
  clock: SharedArrayBuffer | null;
  /** How many calls to time; 0: none. */
  calls: number;
}

/** Has the timed processor a value in this property yet? */
export interface RecorderRequest {
  property: string;
}

export type RecorderMessage = { type: 'times'; times: Float64Array } | { type: 'ready'; ready: boolean };
