import { DEFAULT_CONFIG, type PercepNetOptions } from './config.ts';

/** How much to take away, by the names that people ask for. */
export type Preset = 'conservative' | 'balanced' | 'strong';

export type Strength = Required<Pick<PercepNetOptions, 'maxAttenuationDb' | 'postfilter'>>;

/**
 * Options of a node, also while it runs: `Object.assign(node, PRESETS.strong)`. 'conservative' leaves the room audible,
 * 'balanced' is the default, 'strong' is the deepest silence, for which quiet speech may lose a little.
 */
export const PRESETS: Readonly<Record<Preset, Readonly<Strength>>> = Object.freeze({
  conservative: Object.freeze({ maxAttenuationDb: 12, postfilter: 0 }),
  balanced: Object.freeze({
    maxAttenuationDb: DEFAULT_CONFIG.maxAttenuationDb,
    postfilter: DEFAULT_CONFIG.postfilter,
  }),
  strong: Object.freeze({ maxAttenuationDb: 100, postfilter: 1 }),
});
