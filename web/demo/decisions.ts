import { FRAME_SIZE, LATENCY, NUM_BANDS, SAMPLE_RATE } from '../src/constants.ts';
import type { Enhancer } from '../src/enhancer.ts';

/** Frames by which an Enhancer's output is late. */
export const LATE_FRAMES = LATENCY / FRAME_SIZE;

/** What the enhancer decided, frame by frame: the rows of bands lie one after the other. */
export interface Decisions {
  frames: number;
  /** What each band was multiplied by. */
  gains: Float32Array<ArrayBuffer>;
  /** How much of each band is the comb filter's, 0..1. */
  strengths: Float32Array<ArrayBuffer>;
  /** Hz. */
  pitch: Float32Array<ArrayBuffer>;
  /** How periodic the sound is, 0..1. */
  correlation: Float32Array<ArrayBuffer>;
  /** Probability of speech, 0..1. */
  voice: Float32Array<ArrayBuffer>;
}

export function emptyDecisions(frames: number): Decisions {
  return {
    frames,
    gains: new Float32Array(frames * NUM_BANDS),
    strengths: new Float32Array(frames * NUM_BANDS),
    pitch: new Float32Array(frames),
    correlation: new Float32Array(frames),
    voice: new Float32Array(frames),
  };
}

/** Writes what `enhancer` has to say about the frame that came out last. */
export function readDecisions(decisions: Decisions, frame: number, enhancer: Enhancer): void {
  const at = frame * NUM_BANDS;
  enhancer.readBands(
    decisions.gains.subarray(at, at + NUM_BANDS),
    decisions.strengths.subarray(at, at + NUM_BANDS),
  );
  const { period, pitchCorrelation, voice } = enhancer.frameInfo;
  decisions.pitch[frame] = period > 0 ? SAMPLE_RATE / period : 0;
  decisions.correlation[frame] = pitchCorrelation;
  decisions.voice[frame] = voice;
}

export function buffersOf(decisions: Decisions): ArrayBuffer[] {
  const { gains, strengths, pitch, correlation, voice } = decisions;
  return [gains, strengths, pitch, correlation, voice].map(({ buffer }) => buffer);
}
