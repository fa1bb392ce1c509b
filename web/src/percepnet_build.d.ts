/**
 * In the worklet script: the name under which it registers its processor. build.mjs writes a hash of the script into it, so
 * that several versions of the library can be in one context. The page finds it in MANIFEST.
 */
declare const PERCEPNET_PROCESSOR: string;

/** What this build consists of; build_plugin.mjs writes it into every bundle. */
declare module 'percepnet:build' {
  /** Both lists of files, as in manifest.json and models.json. */
  export const MANIFEST: import('./manifest.ts').Manifest;
  /** Where each file lies beside the library, in words that vite and webpack understand. */
  export const URLS: Readonly<Record<string, () => URL>>;
}
