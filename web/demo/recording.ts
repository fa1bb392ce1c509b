/** A growing mono signal; what comes after `limit` samples is not kept. */
export class Recording {
  private readonly pieces: Float32Array[] = [];
  private length = 0;

  constructor(private readonly limit: number) {}

  add(piece: Float32Array): void {
    if (this.length + piece.length > this.limit) return;
    this.pieces.push(piece);
    this.length += piece.length;
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
