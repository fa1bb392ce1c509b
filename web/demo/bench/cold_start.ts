import {
  Enhancer,
  FRAME_SIZE,
  loadPercepNet,
  PercepNetNode,
  SAMPLE_RATE,
  type LoadOptions,
} from '../../src/index.ts';

/** Milliseconds from nothing to the first frame. */
export interface ColdStart {
  /** loadPercepNet, everything in it. */
  load: number;
  /** Of that: from the first request to the last byte. */
  fetch: number;
  /** Bytes that came over the network; 0 from the browser's cache. */
  transferred: number;
  /** The module again: WebAssembly.compile, WebAssembly.Instance. */
  compile: number;
  instantiate: number;
  /** An Enhancer: instance, copy of the model, its check, a stream. */
  enhancer: number;
  /** That enhancer's first frame, code compiled lazily included. */
  firstFrame: number;
  /** PercepNetNode.create: worklet script, node. */
  node: number;
}

async function timed<T>(action: () => T | Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await action();
  return [result, performance.now() - start];
}

/** Loads and starts everything once. Call it in a fresh page for what a new visitor waits. */
export async function coldStart(options: LoadOptions): Promise<ColdStart> {
  performance.clearResourceTimings();
  const [assets, load] = await timed(() => loadPercepNet(options));
  const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const [, compile] = await timed(() => WebAssembly.compile(assets.moduleBytes));
  const [, instantiate] = await timed(() => new WebAssembly.Instance(assets.module));
  const [enhancer, enhancerMs] = await timed(() => new Enhancer(assets));
  const frame = new Float32Array(FRAME_SIZE);
  const [, firstFrame] = await timed(() => enhancer.processFrame(frame, frame));
  const context = new OfflineAudioContext(1, SAMPLE_RATE, SAMPLE_RATE);
  const [node, nodeMs] = await timed(() => PercepNetNode.create(context, assets));
  node.destroy();
  return {
    load,
    fetch: span(files),
    transferred: files.reduce((sum, file) => sum + file.transferSize, 0),
    compile,
    instantiate,
    enhancer: enhancerMs,
    firstFrame,
    node: nodeMs,
  };
}

function span(files: PerformanceResourceTiming[]): number {
  if (files.length === 0) return 0;
  const ends = files.map(({ responseEnd }) => responseEnd);
  return Math.max(...ends) - Math.min(...files.map(({ startTime }) => startTime));
}
