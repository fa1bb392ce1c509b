// SPDX-License-Identifier: BSD-2-Clause
// Gives render quanta of 128 samples to a function that takes frames of 480 in the range of 16-bit integers.
const [QUANTUM, FRAME, FULL_SCALE] = [128, 480, 32768];
const RING = 15 * QUANTUM; // four frames
const DELAY = FRAME - 32;

/** Calls RNNoise in an Emscripten module. */
export function rnnoiseOf(module) {
  const state = module._rnnoise_create();
  const address = module._malloc(4 * FRAME);
  return (frame) => {
    module.HEAPF32.set(frame, address / 4);
    module._rnnoise_process_frame(state, address, address);
    frame.set(module.HEAPF32.subarray(address / 4, address / 4 + FRAME));
  };
}

/** load(processorOptions) gives, when it is ready, the function, which changes its frame. */
export function registerFramed(name, load) {
  registerProcessor(
    name,
    class extends AudioWorkletProcessor {
      constructor({ processorOptions }) {
        super();
        this.ring = new Float32Array(RING);
        this.frame = new Float32Array(FRAME);
        this.position = this.done = 0;
        load(processorOptions).then((enhance) => (this.enhance = enhance));
      }

      process([input], [output]) {
        if (!this.enhance || !input.length) return true;
        this.ring.set(input[0], this.position % RING);
        this.position += QUANTUM;
        if (this.position - this.done >= FRAME) this.advance();
        const due = this.position - QUANTUM - DELAY;
        for (let i = 0; i < QUANTUM; i++) output[0][i] = due + i < 0 ? 0 : this.ring[(due + i) % RING];
        return true;
      }

      advance() {
        const start = this.done % RING;
        for (let i = 0; i < FRAME; i++) this.frame[i] = this.ring[start + i] * FULL_SCALE;
        this.enhance(this.frame);
        for (let i = 0; i < FRAME; i++) this.ring[start + i] = this.frame[i] / FULL_SCALE;
        this.done += FRAME;
      }
    },
  );
}
