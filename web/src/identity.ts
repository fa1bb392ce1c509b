import type { PercepNetAssets } from './load.ts';

const ids = new WeakMap<object, string>();

/** Of this object and no other, whichever page or frame names it: what a message brings is always another object. */
function idOf(object: object): string {
  const id = ids.get(object) ?? crypto.randomUUID();
  ids.set(object, id);
  return id;
}

export function moduleIdOf(module: WebAssembly.Module): string {
  return idOf(module);
}

/** Whoever loads a model again gets the same bytes, in another view. */
export function modelIdOf({ buffer, byteOffset, byteLength }: PercepNetAssets['model']): string {
  return `${idOf(buffer)} ${byteOffset} ${byteLength}`;
}
