import { FRAME_SIZE, SAMPLE_RATE } from './constants.ts';
import type { PercepNetAssets } from './load.ts';
import type { Variant } from './variants.ts';
import { runJob } from './worker_job.ts';
import type { FrameTimes } from './worker_protocol.ts';

/** What a device can do. Plain JSON: keep it, for instance in localStorage, and the next start needs no measurement. */
export interface DeviceEstimate {
  /** The module that was timed; an estimate for another says nothing. */
  variant: Variant;
  /** Milliseconds for one frame of one channel, by network width, the narrowest first. */
  times: readonly FrameTimes[];
  /** Logical cores, as the browser tells. */
  cores: number;
}

/** What the sound is for. */
export interface Wishes {
  /** 'latency' (the default): the widest network that runs in the worklet; 'quality': the widest, if need be in a worker. */
  prefer?: 'latency' | 'quality';
  /** Of the sound: 1 (the default) or 2. */
  channels?: number;
  /** Samples in a render quantum; 128 by default. */
  quantum?: number;
  /** Whether a worker may be used; default: yes. */
  workers?: boolean;
}

export interface Choice {
  /** One of the widths in the estimate. */
  width: number;
  execution: 'inline' | 'worker';
  /** What `width` costs: its share of a core. */
  cpuShare: number;
  /** false = even the narrowest network is more than the device should be asked for: let a guard watch. */
  fits: boolean;
}

const FRAME_MS = (1000 * FRAME_SIZE) / SAMPLE_RATE;
/** A frame may take so much of a render quantum in the worklet: the rest is for the page's other nodes, and for reserve. */
const INLINE_SHARE = 0.5;
/** A worker may be busy for so much of the time: it shares its core with the rest of the page. */
const WORKER_SHARE = 0.5;

/** The best choice for a device whose estimate has at least one width. */
export function chooseForDevice({ times, cores }: DeviceEstimate, wishes: Wishes = {}): Choice {
  const { prefer = 'latency', channels = 1, quantum = 128, workers = true } = wishes;
  const rising = [...times].sort((a, b) => a.width - b.width);
  const blockMs = Math.min(FRAME_MS, (1000 * quantum) / SAMPLE_RATE);
  const costMs = ({ usualMs }: FrameTimes): number => channels * usualMs;
  const widestWithin = (ms: number): FrameTimes | undefined =>
    rising.filter((one) => costMs(one) <= ms).at(-1);
  const choice = (one: FrameTimes, execution: Choice['execution'], fits = true): Choice => ({
    width: one.width,
    execution,
    cpuShare: costMs(one) / FRAME_MS,
    fits,
  });
  const inline = widestWithin(INLINE_SHARE * blockMs);
  const inWorker = workers && cores > 1 ? widestWithin(WORKER_SHARE * FRAME_MS) : undefined;
  const gain = (inWorker?.width ?? 0) - (inline?.width ?? 0);
  if (inWorker !== undefined && gain > 0 && (inline === undefined || prefer === 'quality'))
    return choice(inWorker, 'worker');
  return inline === undefined ? choice(rising[0], 'inline', false) : choice(inline, 'inline');
}

export interface EstimateOptions {
  /** Widths of the networks to be timed, such as [64, 128, 256]. */
  widths: readonly number[];
  /** Milliseconds of timing, without the start of the worker; 300 by default. */
  budgetMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Times frames of the real module, with networks of 0 weights that cost what real ones cost, in a worker of its own.
 * Rejects with PercepNetError 'worker' or 'bad-module', or the signal's reason.
 */
export async function estimateDevice(
  assets: Pick<PercepNetAssets, 'module' | 'moduleBytes' | 'variant' | 'workerUrl'>,
  { widths, budgetMs = 300, signal }: EstimateOptions,
): Promise<DeviceEstimate> {
  const job = { type: 'time', widths, budgetMs } as const;
  const { times } = await runJob(assets, job, 'times', { signal });
  return { variant: assets.variant, times, cores: navigator.hardwareConcurrency ?? 1 };
}
