import { PRESETS, supports, VARIANTS, type Preset, type Variant } from '../src/index.ts';
import type { Bundle } from './engine.ts';
import { element } from './page.ts';
import { DEFAULTS, keepSettings, presetOf, recallSettings, type Settings } from './settings.ts';

/** What has changed: 'engine' is model or module; 'later' is what counts from the next start on. */
export type Change = 'strength' | 'engine' | 'match' | 'later';

const PRESET_TEXTS: Record<Preset | 'custom', string> = {
  conservative: 'Takes at most 12 dB from any band: the room stays audible, speech is safest.',
  balanced: 'What the library does by itself.',
  strong: 'The whole postfilter: the deepest silence; quiet speech may lose a little.',
  custom: 'Your own mix of the two sliders.',
};

const attenuation = element<HTMLInputElement>('attenuation');
const postfilter = element<HTMLInputElement>('postfilter');
const model = element<HTMLSelectElement>('model');
const variant = element<HTMLSelectElement>('variant');
const execution = element<HTMLSelectElement>('execution');
const match = element<HTMLInputElement>('match');
const shortcuts = element<HTMLInputElement>('shortcuts');
const presets = document.querySelectorAll<HTMLInputElement>('[name=preset]');

/** The settings and their controls, kept in the address and in the browser's store. */
export class SettingsForm {
  private current = recallSettings();

  constructor(private readonly onChange: (change: Change) => void) {
    this.show();
    attenuation.addEventListener('input', () =>
      this.set({ maxAttenuationDb: attenuation.valueAsNumber }, 'strength'),
    );
    postfilter.addEventListener('input', () =>
      this.set({ postfilter: postfilter.valueAsNumber }, 'strength'),
    );
    presets.forEach((radio) =>
      radio.addEventListener('change', () => this.set(PRESETS[radio.value as Preset], 'strength')),
    );
    model.addEventListener('change', () => this.set({ model: model.value }, 'engine'));
    variant.addEventListener('change', () =>
      this.set({ variant: variant.value as Settings['variant'] }, 'engine'),
    );
    match.addEventListener('change', () => this.set({ match: match.checked }, 'match'));
    shortcuts.addEventListener('change', () => this.set({ shortcuts: shortcuts.checked }, 'later'));
    execution.addEventListener('change', () =>
      this.set({ execution: execution.value as Settings['execution'] }, 'later'),
    );
    window.addEventListener('hashchange', () => this.replace(recallSettings()));
    element('defaults').addEventListener('click', () => this.replace(DEFAULTS));
  }

  get values(): Readonly<Settings> {
    return this.current;
  }

  /** What there is to choose from. */
  offer({ models, missing }: Bundle): void {
    model.replaceChildren(
      ...models.map((name, i) => new Option(i === 0 ? `${name} (default)` : name, i === 0 ? '' : name)),
    );
    variant.replaceChildren(
      new Option('the fastest that runs here', 'auto'),
      ...VARIANTS.map((name) => variantOption(name, missing[name])),
    );
    if (!models.includes(this.current.model)) this.current.model = DEFAULTS.model;
    if (variant.querySelector(`[value=${this.current.variant}]:disabled`)) this.current.variant = 'auto';
    this.show();
  }

  private set(part: Partial<Settings>, change: Change): void {
    this.current = { ...this.current, ...part };
    keepSettings(this.current);
    this.show();
    this.onChange(change);
  }

  private replace(settings: Readonly<Settings>): void {
    const { model: oldModel, variant: oldVariant } = this.current;
    this.set(
      settings,
      settings.model === oldModel && settings.variant === oldVariant ? 'strength' : 'engine',
    );
  }

  private show(): void {
    const { current } = this;
    const preset = presetOf(current);
    attenuation.valueAsNumber = current.maxAttenuationDb;
    postfilter.valueAsNumber = current.postfilter;
    model.value = current.model;
    variant.value = current.variant;
    execution.value = current.execution;
    match.checked = current.match;
    shortcuts.checked = current.shortcuts;
    presets.forEach((radio) => (radio.checked = radio.value === preset));
    element('preset-text').textContent = PRESET_TEXTS[preset];
    const limit = current.maxAttenuationDb;
    describe(attenuation, 'attenuation-text', limit === 100 ? 'no limit' : `${limit} dB`);
    describe(postfilter, 'postfilter-text', `${Math.round(100 * current.postfilter)} %`);
  }
}

function describe(slider: HTMLInputElement, id: string, text: string): void {
  element(id).textContent = text;
  slider.setAttribute('aria-valuetext', text);
}

function variantOption(name: Variant, missing: string | undefined): HTMLOptionElement {
  const reason = missing !== undefined ? 'not in this build' : supports(name) ? '' : 'not in this browser';
  const option = new Option(reason === '' ? name : `${name} (${reason})`, name);
  option.disabled = reason !== '';
  return option;
}
