import { loadPercepNet, SAMPLE_RATE, supports, VARIANTS, type Variant } from '../../src/index.ts';
import type { AudioClock } from './audio_clock.ts';
import { coldStart, type ColdStart } from './cold_start.ts';
import { median, perFrame, quantile } from './statistics.ts';
import { percepnetSuppressor } from './suppressors.ts';
import { TimedStream, type Stretch } from './timed_stream.ts';

/** How much to measure: rounds beyond the first, which only warms up; seconds of sound in each. */
export interface Effort {
  rounds: number;
  seconds: number;
}

/** One model with one module. Times in microseconds. */
export interface Figures {
  model: string;
  variant: Variant;
  /** A frame of 10 ms: rendering with the node less rendering without, quartiles over the rounds. */
  perFrame: { q1: number; median: number; q3: number };
  /** A frame by the calls of the processor alone, median over the rounds. */
  inWorklet: number;
  /** Single calls, those that only collect samples included. */
  calls: { count: number; p999: number; worst: number };
  coldStart: ColdStart;
}

export interface Results {
  date: string;
  userAgent: string;
  cores: number;
  crossOriginIsolated: boolean;
  clock: AudioClock;
  rounds: number;
  seconds: number;
  figures: Figures[];
}

export type Progress = (done: number, all: number, what: string) => void;

interface Subject {
  model: string;
  variant: Variant;
  stream: TimedStream;
  coldStart: ColdStart;
  perFrame: number[];
  inWorklet: number[];
  calls: number[];
}

/** Measures every model of this site with every module that runs here, in turns. */
export async function measure(effort: Effort, progress: Progress): Promise<Results> {
  const samples = await exampleSound(effort.seconds);
  const rounds = effort.rounds + 1; // the first warms up
  const subjects = await openSubjects(samples, rounds, progress);
  const bare = await TimedStream.open(null, samples, rounds);
  let finest: AudioClock | null = null;
  for (let round = 0; round < rounds; round++) {
    const without = perFrameUs(await bare.next());
    for (const [number, subject] of subjects.entries()) {
      const what = `round ${round} of ${effort.rounds}: ${subject.model}, ${subject.variant}`;
      progress(round * subjects.length + number, rounds * subjects.length, what);
      const stretch = await subject.stream.next();
      const { times, clock } = stretch.recorded!;
      if (finest === null || clock.resolutionMs < finest.resolutionMs) finest = clock;
      if (round === 0) continue;
      const microseconds = Array.from(times, (ms) => 1000 * ms);
      subject.perFrame.push(perFrameUs(stretch) - without);
      subject.inWorklet.push(perFrame(microseconds));
      subject.calls.push(...microseconds);
    }
  }
  for (const { stream } of [...subjects, { stream: bare }]) stream.close();
  return describe(effort, finest!, subjects.map(figures));
}

/** Microseconds of rendering a frame, without what the clock takes. */
function perFrameUs({ renderMs, frames, recorded }: Stretch): number {
  const readingMs = recorded === null ? 0 : 2 * recorded.times.length * recorded.clock.readMs;
  return (1000 * (renderMs - readingMs)) / frames;
}

async function exampleSound(seconds: number): Promise<Float32Array<ArrayBuffer>> {
  const bytes = await (await fetch('clip.wav')).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, SAMPLE_RATE).decodeAudioData(bytes);
  const clip = sound.getChannelData(0);
  const samples = new Float32Array(seconds * SAMPLE_RATE);
  for (let start = 0; start < samples.length; start += clip.length)
    samples.set(clip.subarray(0, samples.length - start), start);
  return samples;
}

async function openSubjects(
  samples: Float32Array<ArrayBuffer>,
  rounds: number,
  progress: Progress,
): Promise<Subject[]> {
  const { models } = (await (await fetch('models.json')).json()) as { models: { name: string }[] };
  const subjects: Subject[] = [];
  for (const { name: model } of models) {
    for (const variant of VARIANTS.filter(supports)) {
      progress(0, 1, `loading ${model}, ${variant}`);
      const options = { baseUrl: '.', model, simd: variant };
      const started = await coldStart(options);
      const assets = await loadPercepNet(options);
      const stream = await TimedStream.open(percepnetSuppressor(assets), samples, rounds);
      subjects.push({ model, variant, stream, coldStart: started, perFrame: [], inWorklet: [], calls: [] });
    }
  }
  return subjects;
}

function figures({ model, variant, coldStart, ...found }: Subject): Figures {
  const [q1, middle, q3] = [0.25, 0.5, 0.75].map((share) => quantile(found.perFrame, share));
  return {
    model,
    variant,
    perFrame: { q1, median: middle, q3 },
    inWorklet: median(found.inWorklet),
    calls: {
      count: found.calls.length,
      p999: quantile(found.calls, 0.999),
      worst: quantile(found.calls, 1),
    },
    coldStart,
  };
}

function describe(effort: Effort, clock: AudioClock, found: Figures[]): Results {
  return {
    date: new Date().toISOString(),
    userAgent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    crossOriginIsolated: globalThis.crossOriginIsolated,
    clock,
    ...effort,
    figures: found,
  };
}
