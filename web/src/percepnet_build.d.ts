/** What this build consists of; build_plugin.mjs writes it into every bundle. */
declare module 'percepnet:build' {
  /** Both lists of files, as in manifest.json and models.json. */
  export const MANIFEST: import('./manifest.ts').Manifest;
  /** Where each file lies beside the library, in words that vite and webpack understand. */
  export const URLS: Readonly<Record<string, () => URL>>;
}
