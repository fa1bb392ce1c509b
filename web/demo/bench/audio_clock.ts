/** How fine a clock of the audio thread is, and which it is. */
export interface AudioClock {
  kind: 'performance' | 'temporal' | 'date';
  /** The smallest step seen, ms. */
  resolutionMs: number;
  /** What one reading takes, ms: taken off every call. */
  readMs: number;
}

type Temporal = { Now: { instant(): { epochNanoseconds: bigint } } };

const SOURCES: [kind: AudioClock['kind'], name: string, make: () => () => number][] = [
  ['performance', 'performance', () => () => performance.now()],
  ['temporal', 'Temporal', temporalClock],
  ['date', 'Date', () => Date.now],
];
const STEPS = 20;
const BATCHES = 20;
const READS = 200;

/**
 * The finest clock of the global scope at hand: engines without `performance` on the audio thread may have Temporal, which
 * counts in the same steps (5 us in a page that is cross-origin isolated, else 100 us). now(): milliseconds.
 */
export function findClock(): { kind: AudioClock['kind']; now: () => number } {
  const [kind, , make] = SOURCES.find(([, name]) => name in globalThis)!;
  return { kind, now: make() };
}

function temporalClock(): () => number {
  const { Now } = (globalThis as unknown as { Temporal: Temporal }).Temporal;
  const origin = Now.instant().epochNanoseconds;
  return () => Number(Now.instant().epochNanoseconds - origin) / 1e6;
}

/** Looks at a clock for a few milliseconds. */
export function examineClock({ kind, now }: ReturnType<typeof findClock>): AudioClock {
  const resolutionMs = smallestStep(now);
  return { kind, resolutionMs, readMs: kind === 'date' ? 0 : fastestRead(now) };
}

/** Milliseconds of one reading, at its fastest of some batches: what else runs only adds. */
function fastestRead(now: () => number): number {
  let fastest = Infinity;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = now();
    let end = start;
    for (let read = 0; read < READS; read++) end = now();
    fastest = Math.min(fastest, (end - start) / READS);
  }
  return fastest;
}

/** The smallest of some steps of a clock, ms. Waits for that many. */
function smallestStep(now: () => number): number {
  let smallest = Infinity;
  let last = now();
  for (let step = 0; step < STEPS;) {
    const time = now();
    if (time === last) continue;
    smallest = Math.min(smallest, time - last);
    last = time;
    step++;
  }
  return smallest;
}
