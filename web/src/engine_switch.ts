import type { BlockEngine } from './block_engine.ts';
import { LATENCY, SAMPLE_RATE } from './constants.ts';
import { DelayLine } from './delay_line.ts';

const FADE_SECONDS = 0.02;
/** More than any engine's, transport included. */
const LONGEST_SECONDS = 0.4;

/** What the switch needs to know of its place. */
export interface SwitchSettings {
  /** Hz. */
  rate: number;
  /** 1 or 2. */
  channels: number;
  /** Samples from input to output while there has been no engine. */
  latency: number;
  /** Told when an engine threw; it is closed, and the untouched sound goes on. */
  onFailure: (error: unknown) => void;
}

/**
 * Gives the engine's sound or, where there is none, the untouched one at the same delay. Another engine comes in three
 * steps, so that there is never a gap nor the work of two: fade to the untouched sound, change the engine, fade to the
 * enhanced sound as soon as the engine's delay is filled.
 */
export class EngineSwitch {
  private readonly rate: number;
  private readonly onFailure: (error: unknown) => void;
  private readonly fade: number;
  private readonly untouched: DelayLine;
  private engine: BlockEngine | null = null;
  private next: BlockEngine | null = null;
  private leaving = false;
  /** A block has come. */
  private begun = false;
  /** How much of `fade` the enhanced sound has of the output. */
  private share = 0;
  /** Samples that the engine has had. */
  private filled = 0;
  private currentLatency: number;

  constructor({ rate, channels, latency, onFailure }: SwitchSettings) {
    this.rate = rate;
    this.onFailure = onFailure;
    this.fade = Math.round(FADE_SECONDS * rate);
    this.untouched = new DelayLine(channels, latency, Math.round(LONGEST_SECONDS * rate), this.fade);
    this.currentLatency = latency;
  }

  /** Samples from input to output; changes only with the engine, or when block lengths come that it did not expect. */
  get latency(): number {
    return this.currentLatency;
  }

  /** Fades over to another engine, or to the untouched sound; before the first block there is nothing to fade from. */
  replace(engine: BlockEngine | null): void {
    this.next?.close();
    this.next = engine;
    this.leaving = true;
    if (this.begun) return;
    this.change();
    this.share = engine === null ? 0 : this.fade;
  }

  /** Calls `change` with every engine there is. */
  forEach(change: (engine: BlockEngine) => void): void {
    if (this.engine !== null) change(this.engine);
    if (this.next !== null) change(this.next);
  }

  /** One block per channel, all of one length; a missing input is silence. Never allocates. */
  process(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    const length = output[0].length;
    this.begun = true;
    this.untouched.write(input, length);
    if (this.leaving && this.share === 0) this.change();
    if (this.engine !== null) this.enhance(output, input);
    if (this.share < this.fade || this.leaving) this.blend(output);
    this.filled += length;
    this.untouched.advance(length);
  }

  reset(): void {
    this.untouched.clear();
    this.forEach((engine) => engine.reset());
  }

  close(): void {
    this.forEach((engine) => engine.close());
    this.engine = null;
    this.next = null;
  }

  private change(): void {
    this.engine?.close();
    this.engine = this.next;
    this.next = null;
    this.leaving = false;
    this.filled = 0;
    this.follow();
  }

  private enhance(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    try {
      this.engine!.process(output, input);
      this.follow();
    } catch (error) {
      this.engine!.close();
      this.engine = null;
      this.share = 0;
      this.onFailure(error);
    }
  }

  private follow(): void {
    if (this.engine === null) return;
    const latency = Math.round(this.engine.delay + (LATENCY * this.rate) / SAMPLE_RATE);
    if (latency === this.currentLatency) return;
    this.currentLatency = latency;
    this.untouched.moveTo(latency);
  }

  private blend(output: readonly Float32Array[]): void {
    const rising = !this.leaving && this.engine !== null && this.filled >= this.currentLatency;
    const step = rising ? 1 : -1;
    const length = output[0].length;
    for (let channel = 0; channel < output.length; channel++) {
      const sound = output[channel];
      for (let i = 0; i < length; i++) {
        const share = Math.max(0, this.share + step * i);
        if (share >= this.fade) continue;
        const late = this.untouched.read(channel, output.length, i);
        sound[i] = share === 0 ? late : late + (share / this.fade) * (sound[i] - late);
      }
    }
    this.share = Math.max(0, Math.min(this.fade, this.share + step * length));
  }
}
