import { DEFAULT_CONFIG } from '../src/config.ts';
import { PRESETS, type Preset, type Strength } from '../src/presets.ts';
import { VARIANTS, type Variant } from '../src/variants.ts';

/** What a visitor may choose; kept from visit to visit, and in the page's address for others. */
export interface Settings {
  /** A name in models.json; '' = its first. */
  model: string;
  /** 'auto' = the fastest that runs here. */
  variant: Variant | 'auto';
  /** Where the work is done; see ExecutionOptions. */
  execution: 'inline' | 'worker';
  /** dB, 6..100. */
  maxAttenuationDb: number;
  /** 0..1. */
  postfilter: number;
  /** Whether both sides are played equally loud. */
  match: boolean;
  /** Whether single letters are shortcuts. */
  shortcuts: boolean;
}

export const DEFAULTS: Readonly<Settings> = Object.freeze({
  model: '',
  variant: 'auto',
  execution: 'inline',
  maxAttenuationDb: DEFAULT_CONFIG.maxAttenuationDb,
  postfilter: DEFAULT_CONFIG.postfilter,
  match: true,
  shortcuts: true,
});

/** The part of the settings that a node or an enhancer is told. */
export function strengthOf({ maxAttenuationDb, postfilter }: Strength): Strength {
  return { maxAttenuationDb, postfilter };
}

/** The preset's name, or 'custom'. */
export function presetOf({ maxAttenuationDb, postfilter }: Strength): Preset | 'custom' {
  const same = ([, preset]: [string, Strength]): boolean =>
    preset.maxAttenuationDb === maxAttenuationDb && preset.postfilter === postfilter;
  return (Object.entries(PRESETS).find(same)?.[0] as Preset | undefined) ?? 'custom';
}

const READERS: { [K in keyof Settings]: (text: string) => Settings[K] | undefined } = {
  model: (text) => text,
  variant: (text) => ['auto' as const, ...VARIANTS].find((variant) => variant === text),
  execution: (text) => (['inline', 'worker'] as const).find((execution) => execution === text),
  maxAttenuationDb: (text) => numberIn(text, 6, 100),
  postfilter: (text) => numberIn(text, 0, 1),
  match: readSwitch,
  shortcuts: readSwitch,
};

function numberIn(text: string, low: number, high: number): number | undefined {
  const value = Number(text);
  return text !== '' && value >= low && value <= high ? value : undefined;
}

function readSwitch(text: string): boolean | undefined {
  return text === 'on' ? true : text === 'off' ? false : undefined;
}

/** The settings that differ from the defaults, as `name=value&...`: for an address or a store. */
export function formatSettings(settings: Settings): string {
  const text = (value: string | number | boolean): string =>
    typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  const names = Object.keys(DEFAULTS) as (keyof Settings)[];
  const changed = names.filter((name) => settings[name] !== DEFAULTS[name]);
  return new URLSearchParams(changed.map((name) => [name, text(settings[name])])).toString();
}

/** The opposite; whatever makes no sense is as if it were not there. */
export function parseSettings(text: string): Settings {
  const given = new URLSearchParams(text);
  const read = (name: keyof Settings): unknown => {
    const value = given.get(name);
    return (value === null ? undefined : READERS[name](value)) ?? DEFAULTS[name];
  };
  const names = Object.keys(DEFAULTS) as (keyof Settings)[];
  return Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as Settings;
}

const STORE = 'percepnet-demo';

/** An address with settings wins over those of the last visit. */
export function recallSettings(): Settings {
  const shared = location.hash.slice(1);
  return parseSettings(shared === '' ? recall() : shared);
}

/** Into the address, so that it can be shared, and into the browser's store. */
export function keepSettings(settings: Settings): void {
  const text = formatSettings(settings);
  history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`);
  try {
    localStorage.setItem(STORE, text);
  } catch {
    // A browser that keeps nothing; the address still has it.
  }
}

function recall(): string {
  try {
    return localStorage.getItem(STORE) ?? '';
  } catch {
    return '';
  }
}
