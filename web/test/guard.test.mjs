import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Guard } from '../src/guard.ts';

const LEVELS = [
  { name: '512', cost: 8 },
  { name: '256', cost: 2 },
  { name: '128', cost: 1 },
];
const CALM = { cpuShare: 0.1, longCalls: 0, lateCalls: 0, audioMs: 1000 };
const BUSY = { ...CALM, cpuShare: 0.9 };
const LATE = { ...CALM, cpuShare: 0.3, lateCalls: 20 };

/** The steps that `seconds` of the same reading lead to, as 'second action from>to'. */
function feed(guard, reading, seconds) {
  const steps = [];
  for (let second = 1; second <= seconds; second++) {
    const step = guard.note(reading);
    if (step !== null) steps.push(`${second} ${step.action} ${step.from}>${step.to}`);
  }
  return steps;
}

test('two seconds of trouble are a step down, until the untouched sound; between steps it settles', () => {
  for (const trouble of [BUSY, LATE, { ...LATE, lateCalls: 0, longCalls: 20 }]) {
    const guard = new Guard(LEVELS, '512');
    assert.deepEqual(feed(guard, trouble, 20), [
      '2 down 512>256',
      '5 down 256>128',
      '8 pass-through 128>pass-through',
    ]);
    assert.equal(guard.level, 'pass-through');
  }
});

test('a step tells the share that decided', () => {
  const guard = new Guard(LEVELS, '256');
  guard.note(BUSY);
  assert.deepEqual(guard.note(BUSY), { action: 'down', from: '256', to: '128', cpuShare: 0.9 });
});

test('trouble now and then changes nothing', () => {
  const guard = new Guard(LEVELS, '512');
  for (let i = 0; i < 50; i++) assert.deepEqual([feed(guard, BUSY, 1), feed(guard, CALM, 2)].flat(), []);
});

test('calls that are late while we do next to nothing are not our fault', () => {
  assert.deepEqual(feed(new Guard(LEVELS, '256'), { ...LATE, cpuShare: 0.02 }, 9), []);
});

test('after calm a level up', () => {
  const guard = new Guard(LEVELS, 'pass-through');
  assert.deepEqual(feed(guard, { ...CALM, cpuShare: 0 }, 10), ['10 up pass-through>128']);
  assert.deepEqual(feed(guard, CALM, 11), ['11 up 128>256']);
});

test('no step up where the wider network would not have room', () => {
  const guard = new Guard(LEVELS, '256');
  assert.deepEqual(feed(guard, { ...CALM, cpuShare: 0.13 }, 600), []);
  assert.deepEqual(feed(guard, { ...CALM, cpuShare: 0.12 }, 20), ['10 up 256>512']);
});

test('a step up that does not hold is tried again after twice the calm, and so on to a limit', () => {
  const guard = new Guard(LEVELS.slice(1), '128');
  const waits = [];
  for (let i = 0; i < 8; i++) {
    let seconds = 0;
    while (guard.level === '128') seconds += feed(guard, CALM, 1).length + 1;
    waits.push(seconds);
    while (guard.level === '256') guard.note(BUSY);
  }
  const calm = waits.map((seconds) => Math.round(seconds / 10) * 10);
  assert.deepEqual(calm, [10, 20, 40, 80, 160, 320, 320, 320]);
});

test('a step up that has held for a minute makes the next one as easy as the first', () => {
  const guard = new Guard(LEVELS.slice(1), '128');
  feed(guard, CALM, 10);
  feed(guard, BUSY, 5); // down: the next step up takes twice as long
  assert.deepEqual(feed(guard, CALM, 30), ['20 up 128>256']);
  feed(guard, CALM, 61);
  feed(guard, BUSY, 2);
  assert.deepEqual(feed(guard, CALM, 15), ['11 up 128>256']);
});

test('a step that could not be done is corrected', () => {
  const guard = new Guard(LEVELS, '512');
  feed(guard, BUSY, 2);
  guard.correct('pass-through');
  assert.equal(guard.level, 'pass-through');
  assert.deepEqual(feed(guard, { ...CALM, cpuShare: 0 }, 12), ['11 up pass-through>128']);
});

test('an unknown level to begin with counts as the untouched sound, and nothing lies above the first', () => {
  assert.equal(new Guard(LEVELS, 'custom').level, 'pass-through');
  assert.deepEqual(feed(new Guard(LEVELS, '512'), CALM, 100), []);
});
