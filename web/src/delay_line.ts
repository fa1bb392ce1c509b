import { DryLine } from './dry_line.ts';

/** Longest block, and room for a delay that grows later because blocks of other lengths come. */
const ROOM = 16384;

/** The untouched sound, late by a delay that may change: it then cross-fades. Samples that are not finite become 0. */
export class DelayLine {
  private readonly line: DryLine;
  private readonly longest: number;
  private readonly fade: number;
  private position = 0;
  private before: number;
  private now: number;
  private moved: number;

  /** `delay`: samples at first; `longest`: the most that moveTo will ask for; `fade`: samples that a change takes. */
  constructor(channels: number, delay: number, longest: number, fade: number) {
    this.line = new DryLine(channels, longest + ROOM);
    this.longest = longest;
    this.fade = fade;
    this.before = delay;
    this.now = delay;
    this.moved = fade;
  }

  /** Takes a block: one array per channel; mono goes to all. */
  write(input: readonly Float32Array[], length: number): void {
    this.line.write(this.position, input, length);
  }

  /** Sample `i` of the block last written, late by the delay, as it is heard on one of `channels`. */
  read(channel: number, channels: number, i: number): number {
    const now = this.late(this.now, channel, channels, i);
    const moved = this.moved + i;
    if (moved >= this.fade) return now;
    const before = this.late(this.before, channel, channels, i);
    return before + (moved / this.fade) * (now - before);
  }

  /** The block last written has been read. */
  advance(length: number): void {
    this.position = (this.position + length) | 0;
    this.moved = Math.min(this.fade, this.moved + length);
  }

  moveTo(delay: number): void {
    this.before = this.now;
    this.now = Math.min(delay, this.longest);
    this.moved = 0;
  }

  clear(): void {
    this.line.clear();
  }

  private late(delay: number, channel: number, channels: number, i: number): number {
    const sample = this.line.at(this.position + i - delay, channel, channels);
    return sample - sample === 0 ? sample : 0; // what is not finite would spoil every filter behind
  }
}
