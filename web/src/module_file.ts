/** Compiled, or its bytes where a module cannot be cloned into another thread. */
export type ModuleFile = WebAssembly.Module | ArrayBuffer;

export function compiled(file: ModuleFile): WebAssembly.Module {
  return file instanceof WebAssembly.Module ? file : new WebAssembly.Module(file);
}
