import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeWav } from '../demo/wav.ts';

const text = (view, at, length) => String.fromCharCode(...new Uint8Array(view.buffer, at, length));

test('16-bit: header, interleaving, rounding and clipping', async () => {
  const channels = [Float32Array.of(0, 0.5, 2), Float32Array.of(-1, -2, 1 / 32768)];
  const view = new DataView(await encodeWav(channels, 48000, 'int16').arrayBuffer());
  assert.equal(text(view, 0, 4) + text(view, 8, 8), 'RIFFWAVEfmt ');
  assert.equal(view.byteLength, 44 + 12);
  assert.equal(view.getUint32(4, true), view.byteLength - 8);
  assert.deepEqual(
    [20, 22, 32, 34].map((at) => view.getUint16(at, true)),
    [1, 2, 4, 16],
  );
  assert.deepEqual([...new Int16Array(view.buffer, 44)], [0, -32768, 16384, -32768, 32767, 1]);
});

test('float: the samples as they are', async () => {
  const samples = Float32Array.of(0.1, -3, 1e-30);
  const view = new DataView(await encodeWav([samples], 48000, 'float32').arrayBuffer());
  assert.deepEqual(
    [20, 22, 34].map((at) => view.getUint16(at, true)),
    [3, 1, 32],
  );
  assert.equal(view.getUint32(28, true), 192000);
  assert.deepEqual(new Float32Array(view.buffer, 44), samples);
});
