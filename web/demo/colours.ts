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

/** The darkest, as CSS. */
export const GROUND = `rgb(${COLOURS[0].join(' ')})`;

/** Writes the colour of `level`, 0..1, into RGBA `pixels` at pixel `index`. */
export function paint(pixels: Uint8ClampedArray, index: number, level: number): void {
  const position = Math.max(0, Math.min(0.9999, level)) * (COLOURS.length - 1);
  const [low, high] = [COLOURS[Math.floor(position)], COLOURS[Math.floor(position) + 1]];
  for (let c = 0; c < 3; c++) pixels[4 * index + c] = low[c] + (high[c] - low[c]) * (position % 1);
  pixels[4 * index + 3] = 255;
}
