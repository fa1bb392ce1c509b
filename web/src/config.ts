import { CONFIG_FIELDS } from './constants.ts';
import { PercepNetError } from './errors.ts';

/** What a caller may set; every member is optional. Ranges and defaults are those of PercepNetConfig in C. */
export interface PercepNetOptions {
  /** No band is attenuated by more than this: 0..100 dB; 100 (the default) = no limit. */
  maxAttenuationDb?: number;
  /** Strength of the envelope postfilter, 0 (off)..1 (the paper's); 0.25 by default. */
  postfilter?: number;
  /** true = the untouched input at the same latency. Changes cross-fade over 10 ms. */
  bypass?: boolean;
}

export type PercepNetConfig = Required<PercepNetOptions>;

export type FieldName = (typeof CONFIG_FIELDS)[number]['name'];
export type Limits = { default: number; min: number; max: number };

/** The option's range and default. */
export function limits(name: FieldName): Limits {
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

const indexOf = (name: FieldName): number => CONFIG_FIELDS.findIndex((field) => field.name === name);
const MAX_ATTENUATION_DB = indexOf('max_attenuation_db');
const POSTFILTER = indexOf('postfilter');
const BYPASS = indexOf('bypass');

/** Writes the values, in the order of PercepNetConfig in C, from `at` on. Never allocates. */
export function writeConfig(target: Float32Array, at: number, config: PercepNetConfig): void {
  target[at + MAX_ATTENUATION_DB] = config.maxAttenuationDb;
  target[at + POSTFILTER] = config.postfilter;
  target[at + BYPASS] = config.bypass ? 1 : 0;
}

/** The inverse of writeConfig, from the first value on. */
export function readConfig(values: ArrayLike<number>): PercepNetConfig {
  return {
    maxAttenuationDb: values[MAX_ATTENUATION_DB],
    postfilter: values[POSTFILTER],
    bypass: values[BYPASS] !== 0,
  };
}
