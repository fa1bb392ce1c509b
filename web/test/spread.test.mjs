// How evenly the parts of a real frame fall on render quanta, as the core counts them; measure_spread.mjs takes times.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Channels } from '../src/channels.ts';
import { DEFAULT_CONFIG } from '../src/config.ts';
import { WHOLE_FRAME } from '../src/frame_queue.ts';
import { PercepNetWasm } from '../src/wasm.ts';
import { WasmModel } from '../src/wasm_model.ts';

const read = (name) => readFileSync(join(process.cwd(), 'dist', name));
const json = (name) => JSON.parse(read(name));
const module = new WebAssembly.Module(read(json('manifest.json').modules.simd128.file));
const QUANTUM = 128;
const PERIOD = 15; // quanta: four frames
const MOST = { 2: 1 / 3, 3: 0.31 };

/** Streams that count what is done of the first one's frames. */
class CountedStreams extends PercepNetWasm {
  done = 0;
  worked = 0;
  advance(stream, goal) {
    const done = super.advance(stream, goal);
    this.worked += done - this.done;
    this.done = done;
    return done;
  }
  endFrame(stream) {
    super.endFrame(stream);
    this.worked += WHOLE_FRAME - this.done;
    this.done = 0;
  }
}

for (const [spread, most] of Object.entries(MOST))
  for (const { name, file } of json('models.json').models)
    test(`spread ${spread}: no call of ${name} does more than ${most.toFixed(2)} of a frame`, () => {
      const streams = new CountedStreams(WasmModel.whole(module, read(file)), DEFAULT_CONFIG, 2);
      const channels = new Channels(streams, () => {}, Number(spread));
      const block = [new Float32Array(QUANTUM)];
      const calls = Array.from({ length: 4 * PERIOD }, () => {
        streams.worked = 0;
        channels.process(block, block);
        return streams.worked / WHOLE_FRAME;
      }).slice(2 * PERIOD);
      assert.ok(Math.max(...calls) <= most, `${Math.max(...calls)} of a frame`);
      assert.equal(calls.reduce((sum, one) => sum + one, 0).toFixed(1), '8.0');
    });
