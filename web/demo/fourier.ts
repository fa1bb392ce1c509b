/** Power spectra of Hann-windowed pieces, for pictures only. */
export class PowerSpectrum {
  readonly bins: Float32Array;
  private readonly re: Float32Array;
  private readonly im: Float32Array;
  private readonly hann: Float32Array;

  /** `size` is a power of two. */
  constructor(readonly size: number) {
    this.re = new Float32Array(size);
    this.im = new Float32Array(size);
    this.bins = new Float32Array(size / 2);
    this.hann = Float32Array.from(
      { length: size },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size),
    );
  }

  /** Fills `bins` with the power, relative to a full-scale sine, of `samples` from `start` on (zeros outside). */
  measure(samples: Float32Array, start: number): void {
    for (let i = 0; i < this.size; i++) {
      this.re[i] = (samples[start + i] ?? 0) * this.hann[i];
      this.im[i] = 0;
    }
    this.transform();
    const scale = (4 / this.size) ** 2;
    for (let k = 0; k < this.bins.length; k++) this.bins[k] = scale * (this.re[k] ** 2 + this.im[k] ** 2);
  }

  private transform(): void {
    this.reverseBits();
    for (let half = 1; half < this.size; half *= 2) {
      for (let k = 0; k < half; k++) {
        const angle = (-Math.PI * k) / half;
        this.butterflies(half, k, Math.cos(angle), Math.sin(angle));
      }
    }
  }

  private butterflies(half: number, k: number, cos: number, sin: number): void {
    const { re, im } = this;
    for (let a = k; a < this.size; a += 2 * half) {
      const b = a + half;
      const real = re[b] * cos - im[b] * sin;
      const imag = re[b] * sin + im[b] * cos;
      re[b] = re[a] - real;
      im[b] = im[a] - imag;
      re[a] += real;
      im[a] += imag;
    }
  }

  private reverseBits(): void {
    for (let i = 1, j = 0; i < this.size; i++) {
      let bit = this.size >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) [this.re[i], this.re[j]] = [this.re[j], this.re[i]];
    }
  }
}
