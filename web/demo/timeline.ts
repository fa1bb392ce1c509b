import { SAMPLE_RATE } from '../src/index.ts';

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/** The largest magnitude in each of `count` equal parts. */
function peaks(samples: Float32Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    let peak = 0;
    const end = Math.floor(((i + 1) * samples.length) / count);
    for (let n = Math.floor((i * samples.length) / count); n < end; n++)
      peak = Math.max(peak, Math.abs(samples[n]));
    return peak;
  });
}

/** Both waveforms of a sound, one before the other, and where it plays; the visitor may move on or back. */
export class Timeline {
  private readonly box = document.getElementById('timeline')!;
  private readonly canvas = document.getElementById('waveform') as HTMLCanvasElement;
  private readonly slider = document.getElementById('position') as HTMLInputElement;
  private readonly text = document.getElementById('position-text')!;
  private before: number[] = [];
  private after: number[] = [];
  private seconds = 0;

  /** `onSeek` gets seconds. */
  constructor(onSeek: (seconds: number) => void) {
    this.slider.addEventListener('input', () => {
      onSeek(this.slider.valueAsNumber);
      this.show(this.slider.valueAsNumber);
    });
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  /** No sound to move in. */
  hide(): void {
    this.box.hidden = true;
    this.before = this.after = [];
  }

  setOriginal(samples: Float32Array): void {
    this.box.hidden = false;
    this.before = peaks(samples, this.canvas.width);
    this.after = [];
    this.seconds = samples.length / SAMPLE_RATE;
    this.slider.max = String(this.seconds);
    this.show(0);
    this.draw();
  }

  setSuppressed(samples: Float32Array): void {
    this.after = peaks(samples, this.canvas.width);
    this.draw();
  }

  /** Where the sound is, in seconds. */
  show(seconds: number): void {
    this.slider.value = String(seconds);
    const text = `${clock(seconds)} / ${clock(this.seconds)}`;
    if (text === this.text.textContent) return;
    this.text.textContent = text;
    this.slider.setAttribute('aria-valuetext', text);
  }

  private draw(): void {
    const context = this.canvas.getContext('2d')!;
    const { width, height } = this.canvas;
    const style = getComputedStyle(this.canvas);
    context.clearRect(0, 0, width, height);
    const loudest = Math.max(0.05, ...this.before);
    for (const [values, colour] of [
      [this.before, '--line-strong'],
      [this.after, '--accent'],
    ] as const) {
      context.fillStyle = style.getPropertyValue(colour);
      values.forEach((peak, x) => {
        const size = Math.max(1, (peak / loudest) * height);
        context.fillRect(x, (height - size) / 2, 1, size);
      });
    }
  }
}
