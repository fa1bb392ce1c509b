/** Sends what arrives at its inputs to the page, in pieces of 50 ms: one array per input, mixed to mono by the node. */
const PIECE = 2400;

class Recorder extends AudioWorkletProcessor {
  private pieces: Float32Array[] | null = null;
  private filled = 0;

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const length = outputs[0][0].length;
    this.pieces ??= inputs.map(() => new Float32Array(PIECE));
    for (let done = 0; done < length; ) {
      const count = Math.min(PIECE - this.filled, length - done);
      inputs.forEach(([samples], input) => {
        for (let i = 0; i < count; i++) this.pieces![input][this.filled + i] = samples?.[done + i] ?? 0;
      });
      done += count;
      this.filled += count;
      if (this.filled === PIECE) {
        this.port.postMessage(this.pieces);
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('recorder', Recorder);
