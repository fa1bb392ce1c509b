// What the audio thread tells the page, and when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reporter } from '../src/reporter.ts';
import { emptyFrameInfo } from '../src/wasm.ts';

const BLOCK = 480; // a frame

/** What is told in `frames` frames by a reporter that `before` has been done to. */
function told(live, frames, before = () => {}) {
  const messages = [];
  const post = (message) => messages.push({ ...message });
  const reporter = new Reporter({ post, rate: 48000, live, clock: { now: () => 0, step: 0 } });
  before(reporter);
  for (let frame = 0; frame < frames; frame++) {
    reporter.start(frame / 100);
    reporter.frame(0, { ...emptyFrameInfo(), voice: frame / 1000 });
    reporter.end(1888, BLOCK);
  }
  return messages.filter(({ type }) => type === 'voice');
}

test('voices are told as soon as somebody listens, and never before', () => {
  assert.equal(told(true, 100).length, 0);
  const heard = told(true, 100, (reporter) => reporter.listen());
  assert.equal(heard.length, 20);
  assert.equal(heard[19].probability, 0.099);
});

test('off line voices are told to all: who listens may say so too late', () => {
  assert.equal(told(false, 100).length, 20);
});
