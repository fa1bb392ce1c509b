import { GROUND } from './colours.ts';

const CALM = window.matchMedia('(prefers-reduced-motion: reduce)');

/**
 * A canvas of columns, each a moment of sound: a whole sound at once, or a running one, which scrolls from right to left.
 * Where the visitor asks for less motion, nothing moves but a line under which new columns replace old ones.
 */
export class RollingCanvas {
  readonly width: number;
  readonly height: number;
  private readonly context: CanvasRenderingContext2D;
  private readonly column: ImageData;
  private waiting: Uint8ClampedArray<ArrayBuffer>[] = [];
  private at = 0;

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = canvas.getContext('2d', { alpha: false, willReadFrequently: true })!;
    this.width = canvas.width;
    this.height = canvas.height;
    this.column = this.context.createImageData(1, canvas.height);
    this.clear();
  }

  clear(): void {
    this.context.fillStyle = GROUND;
    this.context.fillRect(0, 0, this.width, this.height);
    this.waiting = [];
    this.at = 0;
  }

  /** RGBA pixels, top first, into column `x`. */
  put(x: number, pixels: Uint8ClampedArray): void {
    this.column.data.set(pixels);
    this.context.putImageData(this.column, x, 0);
  }

  /** The next column of a running sound; it shows with one of the next calls of `advance`. */
  append(pixels: Uint8ClampedArray): void {
    this.waiting.push(new Uint8ClampedArray(pixels));
    if (this.waiting.length > this.width) this.waiting.shift(); // a page in the background is not drawn
  }

  /** Once per animation frame. Columns come in bursts: a third of those that wait keeps the motion even. */
  advance(): void {
    const count = Math.ceil(this.waiting.length / 3);
    if (count === 0) return;
    const columns = this.waiting.splice(0, count);
    if (CALM.matches) this.replace(columns);
    else this.scroll(columns);
  }

  private scroll(columns: Uint8ClampedArray[]): void {
    this.context.drawImage(this.canvas, -columns.length, 0);
    columns.forEach((pixels, i) => this.put(this.width - columns.length + i, pixels));
  }

  private replace(columns: Uint8ClampedArray[]): void {
    for (const pixels of columns) {
      this.put(this.at, pixels);
      this.at = (this.at + 1) % this.width;
    }
    this.context.fillStyle = '#fff';
    this.context.fillRect(this.at, 0, 1, this.height);
  }
}
