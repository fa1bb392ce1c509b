import { putIntoRing } from './ring.ts';

/**
 * Keeps the untouched sound of the last samples, by position: what is heard where there is nothing better. As long as
 * all of it is mono, only the first ring is kept.
 */
export class DryLine {
  private readonly rings: readonly Float32Array[];
  private readonly mask: number;
  /** So many of the newest samples are the same in all channels. */
  private alike = Infinity;

  /** Keeps at least `samples` of each channel. */
  constructor(channels: number, samples: number) {
    const size = 2 ** Math.ceil(Math.log2(samples));
    this.rings = Array.from({ length: channels }, () => new Float32Array(size));
    this.mask = size - 1;
  }

  /** Puts a block at `position`; mono goes to all channels, a missing channel is silence. */
  write(position: number, input: readonly Float32Array[], length: number): void {
    if (input.length > 1) this.split();
    else this.alike += length;
    const kept = this.isMono ? 1 : this.rings.length;
    for (let channel = 0; channel < kept; channel++) {
      const ring = this.rings[channel];
      const source = input.length === 1 ? input[0] : channel < input.length ? input[channel] : undefined;
      putIntoRing(ring, position & this.mask, source, length);
    }
  }

  /** A sample of one of `channels` that are heard; mono is the mean of the first two. */
  at(position: number, channel: number, channels: number): number {
    if (this.isMono) return this.rings[0][position & this.mask];
    const sample = this.rings[channel][position & this.mask];
    const mixed = channels === 1 && this.rings.length > 1;
    return mixed ? 0.5 * (sample + this.rings[1][position & this.mask]) : sample;
  }

  clear(): void {
    for (const ring of this.rings) ring.fill(0);
    this.alike = Infinity;
  }

  private get isMono(): boolean {
    return this.alike > this.mask;
  }

  private split(): void {
    if (this.isMono) for (const ring of this.rings) ring.set(this.rings[0]);
    this.alike = 0;
  }
}
