/** Builds of the one module, fastest first. All give the same bits. */
export const VARIANTS = ['relaxed', 'simd128', 'scalar'] as const;
export type Variant = (typeof VARIANTS)[number];

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
// f: () -> i32, lane 0 of i32x4.relaxed_dot_i8x16_i7x16_add_s(2s, 3s, 1000s) = 4 x 2 x 3 + 1000.
const RELAXED_DOT = [
  ...[1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 23, 1, 21, 0],
  ...[65, 2, 253, 15, 65, 3, 253, 15, 65, 232, 7, 253, 17, 253, 147, 2, 253, 27, 0, 11],
];
const RELAXED_DOT_RESULT = 1024;
// v128 -> v128: i32x4.dot_i16x8_s.
const SIMD_DOT = [1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 11, 1, 9, 0, 32, 0, 32, 0, 253, 186, 1, 11];
const PROBES: Record<Variant, readonly number[]> = {
  relaxed: [...HEADER, ...RELAXED_DOT],
  simd128: [...HEADER, ...SIMD_DOT],
  scalar: HEADER,
};

/** Whether this engine runs the variant, and rightly: V8 11.3's first-tier compiler gets the relaxed product wrong. */
export function supports(variant: Variant): boolean {
  if (typeof WebAssembly !== 'object') return false;
  const probe = new Uint8Array(PROBES[variant]);
  return WebAssembly.validate(probe) && (variant !== 'relaxed' || computesRelaxedDot(probe));
}

function computesRelaxedDot(probe: Uint8Array<ArrayBuffer>): boolean {
  try {
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(probe)).exports as { f(): number };
    return f() === RELAXED_DOT_RESULT;
  } catch {
    return false; // a policy that forbids WebAssembly; loading will say so
  }
}

/** Whether the page's Content-Security-Policy lets WebAssembly be compiled. */
export function mayCompile(): boolean {
  try {
    new WebAssembly.Module(new Uint8Array(HEADER));
    return true;
  } catch {
    return false;
  }
}
