import { CONFIG_FIELDS } from './constants.ts';
import { PercepNetError } from './errors.ts';

/** What a caller may set; every member is optional. Ranges and defaults are those of PercepNetConfig in C. */
export interface PercepNetOptions {
  /** No band is attenuated by more than this: 0..100 dB; 100 (the default) = no limit. */
  maxAttenuationDb?: number;
  /** Strength of the envelope postfilter, 0 (off)..1 (the paper's); 0.5 by default. */
  postfilter?: number;
  /** true = the untouched input at the same latency. Changes cross-fade over 10 ms. */
  bypass?: boolean;
}

export type PercepNetConfig = Required<PercepNetOptions>;

type Limits = { default: number; min: number; max: number };

function limits(name: (typeof CONFIG_FIELDS)[number]['name']): Limits {
  return CONFIG_FIELDS.find((field) => field.name === name)!;
}

function inRange(value: number, name: 'max_attenuation_db' | 'postfilter', option: string): number {
  const { min, max } = limits(name);
  if (!(value >= min && value <= max))
    throw new PercepNetError('bad-arg', `${option} is ${value}: give a number from ${min} to ${max}`);
  return value;
}

export const DEFAULT_CONFIG: PercepNetConfig = Object.freeze({
  maxAttenuationDb: limits('max_attenuation_db').default,
  postfilter: limits('postfilter').default,
  bypass: limits('bypass').default !== 0,
});

/** `base` with the given options changed. Throws PercepNetError 'bad-arg' on a value out of its range. */
export function mergeConfig(base: PercepNetConfig, options: PercepNetOptions): PercepNetConfig {
  return {
    maxAttenuationDb: inRange(
      Number(options.maxAttenuationDb ?? base.maxAttenuationDb),
      'max_attenuation_db',
      'maxAttenuationDb',
    ),
    postfilter: inRange(Number(options.postfilter ?? base.postfilter), 'postfilter', 'postfilter'),
    bypass: options.bypass ?? base.bypass,
  };
}

/** The values in the order of PercepNetConfig in C. */
export function configValues(config: PercepNetConfig): number[] {
  const byName = {
    max_attenuation_db: config.maxAttenuationDb,
    postfilter: config.postfilter,
    bypass: config.bypass ? 1 : 0,
  };
  return CONFIG_FIELDS.map((field) => byName[field.name]);
}

/** The inverse of configValues. */
export function configFromValues(values: ArrayLike<number>): PercepNetConfig {
  const value = (name: (typeof CONFIG_FIELDS)[number]['name']): number =>
    values[CONFIG_FIELDS.findIndex((field) => field.name === name)];
  return {
    maxAttenuationDb: value('max_attenuation_db'),
    postfilter: value('postfilter'),
    bypass: value('bypass') !== 0,
  };
}
