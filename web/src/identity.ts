const ids = new WeakMap<object, string>();
/** Where a model file has the checksum of its contents. */
const CHECKSUM_AT = 16;

/** Of this object and no other, whichever page or frame names it: what a message brings is always another object. */
function idOf(object: object): string {
  const id = ids.get(object) ?? crypto.randomUUID();
  ids.set(object, id);
  return id;
}

export function moduleIdOf(module: WebAssembly.Module): string {
  return idOf(module);
}

/** See nameByChecksum; of this object and no other before. */
export function modelIdOf(model: Uint8Array): string {
  return idOf(model);
}

/** A module has taken the model, so that its checksum fits: files that are equal, in length and checksum, have one name. */
export function nameByChecksum(model: Uint8Array): void {
  const checksum = new DataView(model.buffer, model.byteOffset).getUint32(CHECKSUM_AT, true);
  ids.set(model, `${model.byteLength} ${checksum}`);
}
