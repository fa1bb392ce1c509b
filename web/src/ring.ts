/**
 * Puts `length` samples of `source`, silence if there is none, into the ring from `at` on and gives the place behind
 * them. Never allocates.
 */
export function putIntoRing(
  ring: Float32Array,
  at: number,
  source: Float32Array | undefined,
  length: number,
): number {
  if (source !== undefined && source.length === length && at + length <= ring.length) {
    ring.set(source, at); // several times as fast as the loop
    return (at + length) % ring.length;
  }
  for (let i = 0; i < length; i++) {
    ring[at] = source === undefined ? 0 : source[i];
    if (++at === ring.length) at = 0;
  }
  return at;
}
