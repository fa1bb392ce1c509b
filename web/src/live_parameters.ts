import { limits, type FieldName } from './config.ts';

/** The options that are AudioParams of a node too, by these names. */
export type ParameterName = 'maxAttenuationDb' | 'postfilter';

/** What the worklet gets of them: one value for each render quantum, as a frame is longer than most. */
export type ParameterValues = Record<ParameterName, Float32Array>;

/** As AudioWorkletGlobalScope wants it. */
interface Descriptor {
  name: ParameterName;
  defaultValue: number;
  minValue: number;
  maxValue: number;
  automationRate: 'k-rate';
}

const DESCRIPTORS: Readonly<Record<ParameterName, Descriptor>> = {
  maxAttenuationDb: descriptor('maxAttenuationDb', 'max_attenuation_db'),
  postfilter: descriptor('postfilter', 'postfilter'),
};

export const PARAMETERS: readonly Descriptor[] = Object.values(DESCRIPTORS);

/**
 * The value in this render quantum, within its limits, and the default for NaN: so it is specified, but not every
 * engine does it to what other nodes add. Never allocates.
 */
export function valueOf(values: ParameterValues, name: ParameterName): number {
  const { defaultValue, minValue, maxValue } = DESCRIPTORS[name];
  const value = values[name][0];
  if (value >= minValue && value <= maxValue) return value;
  if (value < minValue) return minValue;
  return value > maxValue ? maxValue : defaultValue;
}

function descriptor(name: ParameterName, field: FieldName): Descriptor {
  const { default: defaultValue, min: minValue, max: maxValue } = limits(field);
  return { name, defaultValue, minValue, maxValue, automationRate: 'k-rate' };
}
