/** A growing mono signal; what comes after the limit is not kept. */
export class Recording {
  private readonly pieces: Float32Array[] = [];
  private length = 0;
  private toSkip: number;

  /** The first `skip` samples are left out: the delay of an enhanced signal. */
  constructor(
    skip: number,
    private readonly limit: number,
  ) {
    this.toSkip = skip;
  }

  /** Keeps the piece, and gives what is left of it after the skip. */
  add(piece: Float32Array): Float32Array {
    const kept = piece.subarray(Math.min(this.toSkip, piece.length));
    this.toSkip -= piece.length - kept.length;
    if (this.length + kept.length > this.limit) return kept;
    this.pieces.push(kept);
    this.length += kept.length;
    return kept;
  }

  samples(): Float32Array<ArrayBuffer> {
    const all = new Float32Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
