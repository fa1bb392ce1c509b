import { DEFAULT_CONFIG } from './config.ts';
import { PercepNetWasm } from './wasm.ts';
import { WasmModel } from './wasm_model.ts';
import { blankModel } from './worker_blank_model.ts';
import type { FrameTimes } from './worker_protocol.ts';

/** So many frames are timed together that it takes about this long: clocks may count in steps of 0.1 ms. */
const BATCH_MS = 2;
const USUAL = 0.9;

/**
 * Runs the module with networks of these widths, narrowest first, and shares `budgetMs` among them; widths whose turn does
 * not come within it are left out, but never the first.
 */
export function timeFrames(
  module: WebAssembly.Module,
  widths: readonly number[],
  budgetMs: number,
): FrameTimes[] {
  const end = performance.now() + budgetMs;
  const rising = [...widths].sort((a, b) => a - b);
  const times: FrameTimes[] = [];
  for (const [index, width] of rising.entries()) {
    const now = performance.now();
    if (index > 0 && now >= end) break;
    times.push(timeWidth(module, width, now + Math.max(0, end - now) / (rising.length - index)));
  }
  return times;
}

/** Of the first half of the time nothing counts: engines compile code again that runs often. */
function timeWidth(module: WebAssembly.Module, width: number, end: number): FrameTimes {
  const wasm = new PercepNetWasm(WasmModel.whole(module, blankModel(width)), DEFAULT_CONFIG);
  for (let i = 0; i < wasm.input.length; i++) wasm.input[i] = 0.2 * Math.random() - 0.1;
  const warm = (performance.now() + end) / 2;
  let frames = 1;
  do if (frames * timeBatch(wasm, frames) < BATCH_MS) frames *= 2;
  while (performance.now() < warm);
  const batches = [timeBatch(wasm, frames)];
  while (performance.now() < end) batches.push(timeBatch(wasm, frames));
  batches.sort((a, b) => a - b);
  const usual = batches[Math.floor(USUAL * (batches.length - 1))];
  return { width, fastestMs: batches[0], usualMs: usual };
}

/** Milliseconds for one of `frames` frames. */
function timeBatch(wasm: PercepNetWasm, frames: number): number {
  const start = performance.now();
  for (let frame = 0; frame < frames; frame++) wasm.processFrame(0);
  return (performance.now() - start) / frames;
}
