/** A frequency axis of a picture, low at the bottom: how rows and hertz belong together. */
export interface Axis {
  /** Hertz at `height`, 0 (bottom)..1 (top). */
  hzAt(height: number): number;
  /** The opposite. */
  heightOf(hz: number): number;
  /** Hertz to write at the edge, from low to high. */
  ticks: readonly number[];
}

const TOP_HZ = 20000;
const mel = (hz: number): number => Math.log2(1 + hz / 700);

/** 0 to 20 kHz on the mel scale. */
export const SOUND_AXIS: Axis = {
  hzAt: (height) => 700 * (2 ** (height * mel(TOP_HZ)) - 1),
  heightOf: (hz) => mel(hz) / mel(TOP_HZ),
  ticks: [500, 1000, 2000, 5000, 10000],
};

const [LOWEST_PITCH, OCTAVES] = [50, 4];

/** 50 to 800 Hz in octaves, for voices. */
export const PITCH_AXIS: Axis = {
  hzAt: (height) => LOWEST_PITCH * 2 ** (OCTAVES * height),
  heightOf: (hz) => Math.log2(hz / LOWEST_PITCH) / OCTAVES,
  ticks: [100, 200, 400],
};

const LINE = 18; // pixels of a canvas, at least, from tick to tick

/** Writes the ticks over a canvas, as many as have room. */
export function label(canvas: HTMLCanvasElement, axis: Axis): void {
  let free = 0;
  for (const hz of axis.ticks) {
    if (axis.heightOf(hz) < free) continue;
    free = axis.heightOf(hz) + LINE / canvas.height;
    const tick = document.createElement('span');
    tick.className = 'tick';
    tick.ariaHidden = 'true';
    tick.textContent = hz < 1000 ? `${hz} Hz` : `${hz / 1000} kHz`;
    tick.style.top = `${100 * (1 - axis.heightOf(hz))}%`;
    canvas.after(tick);
  }
}
