import { isSupported, loadPercepNet, type PercepNetAssets, type Variant } from '../src/index.ts';
import { say } from './page.ts';
import type { Settings } from './settings.ts';

/** What lies in the folder of the page. */
export interface Bundle {
  version: string;
  /** Names; the first is the default. */
  models: string[];
  /** The modules that could not be built, and why. */
  missing: Partial<Record<Variant, string>>;
}

async function readJson<T>(name: string): Promise<T> {
  return (await (await fetch(name)).json()) as T;
}

export async function readBundle(): Promise<Bundle> {
  const [{ models }, { version, missing = {} }] = await Promise.all([
    readJson<{ models: { name: string }[] }>('models.json'),
    readJson<{ version: string; missing?: Bundle['missing'] }>('manifest.json'),
  ]);
  return { version, missing, models: models.map(({ name }) => name) };
}

/** Loads module and model as chosen, and shows how far it has come. Rejects with an Error for the page. */
export async function loadEngine({ model, variant }: Settings): Promise<PercepNetAssets> {
  const { supported, reasons } = isSupported();
  if (!supported) throw new Error(`PercepNet does not run here: ${reasons.join('; ')}`);
  const downloads = new AbortController();
  try {
    return await loadPercepNet({
      baseUrl: '.',
      onProgress: ({ loaded, total }) => say('Loading the model…', loaded / total),
      signal: downloads.signal,
      ...(model === '' ? {} : { model }),
      ...(variant === 'auto' ? {} : { simd: variant }),
    });
  } finally {
    downloads.abort(); // nothing goes on behind an error
  }
}
