import { FRAME_SIZE, SAMPLE_RATE } from '../src/index.ts';
import { label, SOUND_AXIS } from './axis.ts';
import { paint } from './colours.ts';
import { PowerSpectrum } from './fourier.ts';
import { RollingCanvas } from './rolling_canvas.ts';

const WINDOW = 1024;
const FLOOR_DB = -95;
const RANGE_DB = 75;

/** A sound's power over time and frequency, 0 to 20 kHz: one column per 10 ms of a running sound. */
export class Spectrogram {
  private readonly rolling: RollingCanvas;
  private readonly spectrum = new PowerSpectrum(WINDOW);
  private readonly pixels: Uint8ClampedArray;
  private readonly binOfRow: number[];
  /** The last samples of a running sound: a window's worth. */
  private readonly recent = new Float32Array(WINDOW);

  constructor(canvas: HTMLCanvasElement) {
    this.rolling = new RollingCanvas(canvas);
    const { height } = this.rolling;
    this.pixels = new Uint8ClampedArray(4 * height);
    this.binOfRow = Array.from({ length: height }, (_, row) => {
      const hz = SOUND_AXIS.hzAt(1 - (row + 0.5) / height);
      return Math.min(WINDOW / 2 - 1, Math.round((hz * WINDOW) / SAMPLE_RATE));
    });
    label(canvas, SOUND_AXIS);
  }

  clear(): void {
    this.rolling.clear();
    this.recent.fill(0);
  }

  /** A whole sound, however long, over the whole width. */
  draw(samples: Float32Array): void {
    this.clear();
    const { width } = this.rolling;
    for (let x = 0; x < width; x++) {
      this.measure(samples, Math.round((samples.length * (x + 0.5)) / width - WINDOW / 2));
      this.rolling.put(x, this.pixels);
    }
  }

  /** The next piece of a running sound: whole frames of 10 ms. */
  append(samples: Float32Array): void {
    for (let at = 0; at < samples.length; at += FRAME_SIZE) {
      this.recent.copyWithin(0, FRAME_SIZE);
      this.recent.set(samples.subarray(at, at + FRAME_SIZE), WINDOW - FRAME_SIZE);
      this.measure(this.recent, 0);
      this.rolling.append(this.pixels);
    }
  }

  /** Once per animation frame. */
  advance(): void {
    this.rolling.advance();
  }

  private measure(samples: Float32Array, start: number): void {
    this.spectrum.measure(samples, start);
    this.binOfRow.forEach((bin, row) => {
      const db = 10 * Math.log10(this.spectrum.bins[bin] + 1e-12);
      paint(this.pixels, row, (db - FLOOR_DB) / RANGE_DB);
    });
  }
}
