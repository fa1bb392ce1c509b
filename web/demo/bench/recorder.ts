import type { AudioClock } from './audio_clock.ts';

/** What the page and the recorder on the audio thread (bench_worklet.ts) tell each other. */
export const RECORDER_NAME = 'bench-recorder';

export interface RecorderOptions {
  /** How many calls a stretch has, after which their times are sent. */
  calls: number;
}

/** Has the timed processor a value in this property yet? */
export interface RecorderRequest {
  property: string;
}

export interface RecordedTimes {
  /** Milliseconds of each call of the stretch. */
  times: Float64Array;
  clock: AudioClock;
  /** Whether anything but silence has come out so far. */
  sounded: boolean;
}

export type RecorderMessage = RecordedTimes | { ready: boolean };
