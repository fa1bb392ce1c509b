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

export const PARAMETERS: readonly Descriptor[] = [
  descriptor('maxAttenuationDb', 'max_attenuation_db'),
  descriptor('postfilter', 'postfilter'),
];

function descriptor(name: ParameterName, field: FieldName): Descriptor {
  const { default: defaultValue, min: minValue, max: maxValue } = limits(field);
  return { name, defaultValue, minValue, maxValue, automationRate: 'k-rate' };
}
