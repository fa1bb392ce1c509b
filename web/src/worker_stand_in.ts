import { SAMPLE_RATE } from './constants.ts';
import type { DryLine } from './dry_line.ts';

/** To untouched sound, which comes without warning: the step is smoothed over 5 ms. */
const SMOOTH = SAMPLE_RATE / 200;
/**
 * Back to enhanced sound: after 100 ms in which all came in time, over 20 ms. That is more than an engine's delay: where
 * blocks were left out, what still holds sound from before the splice is never heard.
 */
const CALM = SAMPLE_RATE / 10;
const FADE = SAMPLE_RATE / 50;

/** Puts untouched sound where the enhanced one is not there, without a click. */
export class StandIn {
  private readonly dry: DryLine;
  /** What was heard last, and what it lay above the untouched sound when that took over. */
  private readonly last: Float32Array;
  private readonly step: Float32Array;
  private smoothing = 0;
  private calm = CALM;
  /** Of enhanced sound in the mixture. */
  private share = 1;

  constructor(dry: DryLine, channels: number) {
    this.dry = dry;
    this.last = new Float32Array(channels);
    this.step = new Float32Array(channels);
  }

  /** `output` holds the block's enhanced sound if it is there `inTime`; `position`: of the untouched sound it may become. */
  mix(output: readonly Float32Array[], position: number, inTime: boolean): void {
    const length = output[0].length;
    this.calm = inTime ? this.calm + length : 0;
    if (!inTime) this.takeOver(output.length, position);
    const rise = this.calm > CALM ? 1 / FADE : 0;
    if (this.share < 1)
      for (let channel = 0; channel < output.length; channel++)
        this.mixChannel(output[channel], position, channel, output.length, rise);
    this.share = Math.min(1, this.share + rise * length);
    this.smoothing = Math.max(0, this.smoothing - length);
    for (let channel = 0; channel < this.last.length; channel++)
      this.last[channel] = output[channel < output.length ? channel : 0][length - 1];
  }

  /** As before the first block. */
  reset(): void {
    this.last.fill(0);
    this.smoothing = 0;
    this.calm = CALM;
    this.share = 1;
  }

  private takeOver(channels: number, position: number): void {
    if (this.share === 0) return;
    this.share = 0;
    this.smoothing = SMOOTH;
    for (let channel = 0; channel < channels; channel++)
      this.step[channel] = this.last[channel] - this.dry.at(position - 1, channel, channels);
  }

  private mixChannel(
    output: Float32Array,
    position: number,
    channel: number,
    channels: number,
    rise: number,
  ): void {
    for (let i = 0; i < output.length; i++) {
      const share = Math.min(1, this.share + rise * (i + 1));
      const dry = this.dry.at(position + i, channel, channels);
      const enhanced = share > 0 ? share * (output[i] - dry) : 0;
      output[i] = dry + enhanced + this.step[channel] * (Math.max(0, this.smoothing - i - 1) / SMOOTH);
    }
  }
}
