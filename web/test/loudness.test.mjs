import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integratedLoudness, LoudnessMeter, loudnessOffset } from '../demo/loudness.ts';

const RATE = 48000;

function sine(hz, amplitude, seconds) {
  return Float32Array.from(
    { length: seconds * RATE },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / RATE),
  );
}

function blocks(...channels) {
  const meter = new LoudnessMeter();
  meter.add(channels);
  return meter.blocks;
}

function join(...pieces) {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function near(value, expected, tolerance) {
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);
}

test('BS.1770: a full-scale sine of 997 Hz in one channel is -3.01 LUFS, in two 0', () => {
  const tone = sine(997, 1, 5);
  near(integratedLoudness(blocks(tone)), -3.01, 0.02);
  near(integratedLoudness(blocks(tone, tone)), 0, 0.02);
});

// EBU Tech 3341, cases 3 and 4: what is 10 LU below the rest, or silent, does not count.
test('EBU: -23 LUFS whatever is quiet beside it', () => {
  const [loud, quiet, silent] = [-23, -36, -72].map((db) => sine(1000, 10 ** (db / 20), 10));
  for (const sound of [join(quiet, loud, loud, quiet), join(silent, quiet, loud, loud, quiet, silent)])
    near(integratedLoudness(blocks(sound, sound)), -23, 0.1);
});

test('pieces of any length give the same', () => {
  const tone = sine(440, 0.3, 2);
  const meter = new LoudnessMeter();
  for (let at = 0; at < tone.length; at += 777) meter.add([tone.subarray(at, at + 777)]);
  assert.deepEqual(meter.blocks, blocks(tone));
});

test('nothing, or silence, has no loudness and no offset', () => {
  assert.equal(integratedLoudness([]), -Infinity);
  assert.equal(integratedLoudness(blocks(new Float32Array(RATE))), -Infinity);
  assert.equal(loudnessOffset(blocks(sine(440, 0.1, 1)), blocks(new Float32Array(RATE))), 0);
});

test('the offset is that of the parts in which the suppressed sound speaks', () => {
  const noise = sine(300, 0.2, 3);
  const before = blocks(join(sine(1000, 0.4, 3), noise));
  const after = blocks(
    join(
      sine(1000, 0.2, 3),
      noise.map((sample) => sample / 1000),
    ),
  );
  near(loudnessOffset(before, after), 20 * Math.log10(2), 0.3); // a few blocks lie across the border
  near(loudnessOffset(blocks(sine(1000, 0.4, 1)), blocks(sine(1000, 0.01, 1))), 12, 0); // never more than that
});
