import { PowerSpectrum } from './fourier.ts';

const WINDOW = 1024;
const TOP_HZ = 20000;
const TICKS_KHZ = [0.5, 1, 2, 5, 10];
const FLOOR_DB = -95;
const RANGE_DB = 75;
/** Dark to bright, evenly spaced. */
const COLOURS = [
  [4, 4, 20],
  [44, 17, 95],
  [114, 31, 129],
  [183, 55, 121],
  [241, 96, 93],
  [254, 176, 120],
  [252, 253, 191],
];

function melOf(hz: number): number {
  return Math.log2(1 + hz / 700);
}

function hzOf(mel: number): number {
  return 700 * (2 ** mel - 1);
}

/** The colour at `level`, 0..1, into `pixels` at `at`. */
function paint(pixels: Uint8ClampedArray, at: number, level: number): void {
  const position = Math.max(0, Math.min(0.9999, level)) * (COLOURS.length - 1);
  const [low, high] = [COLOURS[Math.floor(position)], COLOURS[Math.floor(position) + 1]];
  for (let c = 0; c < 3; c++) pixels[at + c] = low[c] + (high[c] - low[c]) * (position % 1);
  pixels[at + 3] = 255;
}

/** One canvas: a whole signal at once, or a running one that wraps around. Frequencies run on the mel scale to 20 kHz. */
export class Spectrogram {
  private readonly context: CanvasRenderingContext2D;
  private readonly spectrum = new PowerSpectrum(WINDOW);
  private readonly column: ImageData;
  private readonly binOfRow: number[];
  private pending = new Float32Array(0);
  private at = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly sampleRate: number,
  ) {
    this.context = canvas.getContext('2d')!;
    this.column = this.context.createImageData(1, canvas.height);
    this.binOfRow = Array.from({ length: canvas.height }, (_, row) => {
      const hz = hzOf(melOf(TOP_HZ) * (1 - (row + 0.5) / canvas.height));
      return Math.min(WINDOW / 2 - 1, Math.round((hz * WINDOW) / sampleRate));
    });
    this.label();
    this.clear();
  }

  clear(): void {
    this.context.fillStyle = `rgb(${COLOURS[0].join(' ')})`;
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.pending = new Float32Array(0);
    this.at = 0;
  }

  draw(samples: Float32Array): void {
    this.clear();
    for (let x = 0; x < this.canvas.width; x++)
      this.drawColumn(x, samples, Math.round((samples.length * (x + 0.5)) / this.canvas.width - WINDOW / 2));
  }

  /** The next piece of a running signal; the canvas holds `seconds` of it. */
  append(samples: Float32Array, seconds: number): void {
    const hop = (seconds * this.sampleRate) / this.canvas.width;
    const joined = new Float32Array(this.pending.length + samples.length);
    joined.set(this.pending);
    joined.set(samples, this.pending.length);
    let start = 0;
    for (; start + Math.max(hop, WINDOW) <= joined.length; start += hop) {
      this.drawColumn(this.at, joined, Math.round(start));
      this.at = (this.at + 1) % this.canvas.width;
      this.context.fillStyle = 'rgb(255 255 255)';
      this.context.fillRect(this.at, 0, 1, this.canvas.height);
    }
    this.pending = joined.slice(Math.round(start));
  }

  private label(): void {
    for (const kilohertz of TICKS_KHZ) {
      const tick = document.createElement('span');
      tick.className = 'tick';
      tick.ariaHidden = 'true';
      tick.textContent = `${kilohertz} kHz`;
      tick.style.top = `${100 * (1 - melOf(1000 * kilohertz) / melOf(TOP_HZ))}%`;
      this.canvas.after(tick);
    }
  }

  private drawColumn(x: number, samples: Float32Array, start: number): void {
    this.spectrum.measure(samples, start);
    this.binOfRow.forEach((bin, row) => {
      const db = 10 * Math.log10(this.spectrum.bins[bin] + 1e-12);
      paint(this.column.data, 4 * row, (db - FLOOR_DB) / RANGE_DB);
    });
    this.context.putImageData(this.column, x, 0);
  }
}
