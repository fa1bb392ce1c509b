/**
 * A clock for the audio thread, which has none of its own: writes the time into shared memory as fast as it can, until
 * it is terminated. Words: the time in ms; the longest stand-still in ms; how many were longer than LONG_MS.
 */
const LONG_MS = 0.1;

onmessage = ({ data }: MessageEvent<SharedArrayBuffer>): void => {
  const words = new Float64Array(data);
  let last = performance.now();
  for (;;) {
    const time = performance.now();
    words[0] = time;
    const gap = time - last;
    if (gap > words[1]) words[1] = gap;
    if (gap > LONG_MS) words[2]++;
    last = time;
  }
};
