import {
  chooseForDevice,
  estimateDevice,
  type Choice,
  type DeviceEstimate,
  type Wishes,
} from './estimator.ts';
import type { PercepNetAssets } from './load.ts';
import type { ModelEntry } from './manifest.ts';

/** What to choose by, and the choice. */
export interface AutoModel {
  entry: ModelEntry;
  choice?: Choice;
  estimate?: DeviceEstimate;
}

/** 'percepnet-256' -> 256; other names have none. */
function widthOf({ name }: ModelEntry): number | undefined {
  const digits = /^percepnet-(\d+)$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * The model that suits this device, by an estimate made before, or a new one. Where no worker can be had, as in
 * Node, the default model. Rejects with the signal's reason alone.
 */
export async function chooseByDevice(
  models: readonly ModelEntry[],
  module: Pick<PercepNetAssets, 'module' | 'moduleBytes' | 'variant' | 'workerUrl'>,
  { estimate: known, wishes, signal }: { estimate?: DeviceEstimate; wishes?: Wishes; signal?: AbortSignal },
): Promise<AutoModel> {
  const widths = models.map(widthOf).filter((width) => width !== undefined);
  if (widths.length < 2 || typeof Worker !== 'function') return { entry: models[0] };
  let estimate: DeviceEstimate;
  try {
    estimate = known?.variant === module.variant ? known : await estimateDevice(module, { widths, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    return { entry: models[0] };
  }
  const times = estimate.times.filter(({ width }) => widths.includes(width));
  if (times.length === 0) return { entry: models[0] };
  const choice = chooseForDevice({ ...estimate, times }, wishes);
  return { entry: models.find((model) => widthOf(model) === choice.width)!, choice, estimate };
}
