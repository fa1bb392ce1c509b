import { BAND_PEAKS_HZ, NUM_BANDS } from '../src/constants.ts';
import { label, PITCH_AXIS, SOUND_AXIS, type Axis } from './axis.ts';
import { paint } from './colours.ts';
import type { Decisions } from './decisions.ts';
import { RollingCanvas } from './rolling_canvas.ts';

/** Paints one frame's column. */
type Painter = (pixels: Uint8ClampedArray, decisions: Decisions, frame: number) => void;

/** One picture of what the enhancer decided: a column per frame of 10 ms. */
class DecisionView {
  private readonly rolling: RollingCanvas;
  private readonly pixels: Uint8ClampedArray;
  private readonly paintColumn: Painter;

  constructor(id: string, axis: Axis, painter: (height: number) => Painter) {
    const canvas = document.getElementById(id) as HTMLCanvasElement;
    this.rolling = new RollingCanvas(canvas);
    this.pixels = new Uint8ClampedArray(4 * canvas.height);
    this.paintColumn = painter(canvas.height);
    label(canvas, axis);
  }

  clear(): void {
    this.rolling.clear();
  }

  draw(decisions: Decisions): void {
    this.clear();
    const { width } = this.rolling;
    for (let x = 0; x < width; x++) {
      this.paintColumn(this.pixels, decisions, Math.floor((x * decisions.frames) / width));
      this.rolling.put(x, this.pixels);
    }
  }

  append(decisions: Decisions): void {
    for (let frame = 0; frame < decisions.frames; frame++) {
      this.paintColumn(this.pixels, decisions, frame);
      this.rolling.append(this.pixels);
    }
  }

  advance(): void {
    this.rolling.advance();
  }
}

/** Each row shows its nearest band: dark = 0, bright = 1. */
function bandPainter(values: 'gains' | 'strengths'): (height: number) => Painter {
  return (height) => {
    const bandOfRow = Array.from({ length: height }, (_, row) => {
      const distances = BAND_PEAKS_HZ.map((hz) =>
        Math.abs(SOUND_AXIS.heightOf(hz) - (1 - (row + 0.5) / height)),
      );
      return distances.indexOf(Math.min(...distances));
    });
    return (pixels, decisions, frame) =>
      bandOfRow.forEach((band, row) => paint(pixels, row, decisions[values][frame * NUM_BANDS + band]));
  };
}

const GLOW = 0.3; // of the ground at the highest probability of voice

/** A dot at the pitch, the brighter the more periodic the sound is, on a ground that glows with the voice. */
function pitchPainter(height: number): Painter {
  return (pixels, { pitch, correlation, voice }, frame) => {
    for (let row = 0; row < height; row++) paint(pixels, row, GLOW * voice[frame]);
    const middle = Math.round(height * (1 - PITCH_AXIS.heightOf(Math.max(1, pitch[frame]))));
    for (let row = middle - 1; row <= middle + 1; row++)
      if (row >= 0 && row < height) paint(pixels, row, Math.max(GLOW, correlation[frame]));
  };
}

/** The three pictures of the page: gains, strengths of the comb filter, pitch. */
export class DecisionViews {
  private readonly views = [
    new DecisionView('gains', SOUND_AXIS, bandPainter('gains')),
    new DecisionView('strengths', SOUND_AXIS, bandPainter('strengths')),
    new DecisionView('pitch', PITCH_AXIS, pitchPainter),
  ];

  clear(): void {
    this.views.forEach((view) => view.clear());
  }

  /** A whole sound over the whole width. */
  draw(decisions: Decisions): void {
    this.views.forEach((view) => view.draw(decisions));
  }

  /** The next frames of a running sound. */
  append(decisions: Decisions): void {
    this.views.forEach((view) => view.append(decisions));
  }

  /** Once per animation frame. */
  advance(): void {
    this.views.forEach((view) => view.advance());
  }
}
