// SPDX-License-Identifier: BSD-2-Clause
// What a package's loader expects of a page and an audio thread lacks, so that its script need not be touched.
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

globalThis.window ??= globalThis;
globalThis.document ??= { currentScript: null, baseURI: 'https://worklet.invalid/' };
globalThis.location ??= { href: 'https://worklet.invalid/' };
globalThis.performance ??= { now: () => Date.now() };
globalThis.URL ??= class {
  constructor(path) {
    this.href = String(path);
  }
};
globalThis.atob ??= (text) => {
  let [bits, held, bytes] = [0, 0, ''];
  for (const letter of text.replace(/=+$/, '')) {
    bits = (bits << 6) | DIGITS.indexOf(letter);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += String.fromCharCode((bits >> held) & 255);
      bits &= (1 << held) - 1;
    }
  }
  return bytes;
};
