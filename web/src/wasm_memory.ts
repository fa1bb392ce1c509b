import { PercepNetError } from './errors.ts';

const PAGE = 65536;
const ALIGNMENT = 16;

/** The first address from this one on at which the core takes a structure. */
export function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

/** The exports of a new instance. Throws PercepNetError 'unsupported' for want of memory, else what WebAssembly throws. */
export function instanceOf<Exports>(module: WebAssembly.Module): Exports {
  try {
    return new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new PercepNetError(
      'unsupported',
      'no memory for another WebAssembly instance: destroy nodes and close contexts that you no longer need',
      { cause },
    );
  }
}

/** Makes it at least so large; all views must be made anew then. Throws PercepNetError 'unsupported'. */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  try {
    if (missing > 0) memory.grow(missing);
  } catch (cause) {
    throw new PercepNetError(
      'unsupported',
      `no memory for ${bytes} bytes: take a smaller model, or destroy nodes that you no longer need`,
      { cause },
    );
  }
}
