import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examineClock, findClock } from '../demo/bench/audio_clock.ts';
import { median, perFrame, quantile } from '../demo/bench/statistics.ts';
import { asMarkdown, describeClock } from '../demo/bench/tables.ts';

test('quantiles interpolate between neighbours, whatever the order', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.25), 1.75);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(quantile([1, 2, 3], 1), 3);
  assert.ok(Number.isNaN(median([])));
});

test('a frame is 3.75 render quanta', () => {
  assert.equal(perFrame([0, 0, 0, 375]), 351.5625);
  assert.equal(perFrame([2, 2]), 7.5);
});

const coldStart = {
  ...{ load: 10, fetch: 5, transferred: 1, compile: 1, instantiate: 0.25 },
  ...{ enhancer: 2, firstFrame: 0.5, node: 4 },
};
const figures = {
  ...{ model: 'percepnet-64', variant: 'simd128', perFrame: { q1: 90, median: 100, q3: 110 }, inWorklet: 95 },
  ...{ calls: { count: 10, p999: 300, worst: 1234 }, coldStart },
};
const clock = { kind: 'temporal', resolutionMs: 0.005, readMs: 0.0003 };
const results = {
  ...{ date: '', userAgent: 'Browser 1', cores: 4, crossOriginIsolated: true, clock, rounds: 2, seconds: 1 },
  figures: [figures],
};

test('the copied table has a row per model and module in the right units', () => {
  const [facts, cost, start] = asMarkdown(results).split('\n\n');
  assert.match(facts, /^Browser 1; 4 cores; 2 rounds of 1 s; .* steps of 5 µs\.$/);
  assert.equal(cost.split('\n')[2], '| percepnet-64 | simd128 | 100 | 90–110 | 1.0 % | 95 | 0.30 | 1.23 |');
  assert.match(start, /\| percepnet-64 \| simd128 \| 14\.0 \| 5\.0 \|/);
});

test('a clock that is coarse is not passed over', () => {
  assert.match(describeClock({ ...results, clock: { ...clock, kind: 'date' } }), /whole milliseconds only/);
  const open = { ...results, crossOriginIsolated: false };
  assert.match(describeClock(open), /5 µs \(finer where a page is cross-origin isolated\)/);
});

/** Runs work() in a global scope without some of its names. */
function without(names, work) {
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const name of names) delete globalThis[name];
  try {
    work();
  } finally {
    for (const [name, descriptor] of kept)
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
  }
}

test('the finest clock that a scope has is found and examined', () => {
  const epochNanoseconds = () => (process.hrtime.bigint() / 5000n) * 5000n;
  const temporal = { Now: { instant: () => ({ epochNanoseconds: epochNanoseconds() }) } };
  const { kind, resolutionMs, readMs } = examineClock(findClock());
  assert.equal(kind, 'performance');
  assert.ok(resolutionMs > 0 && resolutionMs < 0.1 && readMs > 0 && readMs < 0.1);
  without(['performance', 'Temporal'], () => {
    const coarse = examineClock(findClock());
    assert.deepEqual(coarse, { kind: 'date', resolutionMs: 1, readMs: 0 });
    globalThis.Temporal = temporal;
    const clock = examineClock(findClock());
    assert.equal(clock.kind, 'temporal');
    assert.ok(Math.abs(clock.resolutionMs - 0.005) < 1e-6);
    delete globalThis.Temporal;
  });
});
