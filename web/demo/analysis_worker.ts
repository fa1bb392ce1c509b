// Enhances and measures beside the page and its audio thread: whole sounds, or a running one piece by piece. What it
// computes has the bits of the node that plays, so its view is the node's.
import type { PercepNetOptions } from '../src/config.ts';
import { FRAME_SIZE, LATENCY } from '../src/constants.ts';
import { Enhancer } from '../src/enhancer.ts';
import type { PercepNetAssets } from '../src/load.ts';
import { buffersOf, emptyDecisions, LATE_FRAMES, readDecisions, type Decisions } from './decisions.ts';
import { LoudnessMeter, loudnessOffset } from './loudness.ts';

export type AnalysisRequest =
  | {
      type: 'begin';
      assets: Pick<PercepNetAssets, 'module' | 'model'>;
      options: PercepNetOptions;
    }
  | { type: 'options'; options: PercepNetOptions }
  | { type: 'render'; channels: Float32Array<ArrayBuffer>[] }
  /** The next samples, mono: whole frames. */
  | { type: 'piece'; samples: Float32Array<ArrayBuffer> };

export type AnalysisReply =
  | { type: 'progress'; share: number }
  | { type: 'rendered'; channels: Float32Array<ArrayBuffer>[]; decisions: Decisions; offset: number }
  /** `offset`: see loudnessOffset, over the last half minute. */
  | { type: 'piece'; decisions: Decisions; offset: number }
  | { type: 'failed'; message: string };

const PROGRESS_EVERY = 100; // frames
const REMEMBERED = 300; // blocks of loudness, 100 ms apart

let assets: Pick<PercepNetAssets, 'module' | 'model'>;
let options: PercepNetOptions;
let running: Enhancer;
const meters = { original: new LoudnessMeter(), suppressed: new LoudnessMeter() };

function reply(message: AnalysisReply, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

/** One channel, aligned with its input. `onFrame` gets the number of each frame, which begins there in the input. */
function enhance(
  samples: Float32Array,
  enhancer: Enhancer,
  onFrame: (frame: number) => void,
): Float32Array<ArrayBuffer> {
  const frames = Math.ceil(samples.length / FRAME_SIZE);
  const enhanced = new Float32Array(frames * FRAME_SIZE);
  const [input, output] = [new Float32Array(FRAME_SIZE), new Float32Array(FRAME_SIZE)];
  for (let frame = -LATE_FRAMES; frame < frames; frame++) {
    const start = frame * FRAME_SIZE + LATENCY;
    input.fill(0);
    input.set(samples.subarray(start, start + FRAME_SIZE));
    enhancer.processFrame(output, input);
    if (frame < 0) continue;
    enhanced.set(output, frame * FRAME_SIZE);
    onFrame(frame);
  }
  return enhanced.slice(0, samples.length);
}

function render(channels: Float32Array<ArrayBuffer>[]): void {
  const frames = Math.ceil(channels[0].length / FRAME_SIZE);
  const decisions = emptyDecisions(frames);
  const rendered = channels.map((samples, channel) => {
    const enhancer = new Enhancer(assets, options);
    return enhance(samples, enhancer, (frame) => {
      if (channel === 0) readDecisions(decisions, frame, enhancer);
      if (frame % PROGRESS_EVERY === 0)
        reply({ type: 'progress', share: (channel + frame / frames) / channels.length });
    });
  });
  meters.original.add(channels);
  meters.suppressed.add(rendered);
  const offset = loudnessOffset(meters.original.blocks, meters.suppressed.blocks);
  reply({ type: 'rendered', channels: rendered, decisions, offset }, [
    ...rendered.map(({ buffer }) => buffer),
    ...buffersOf(decisions),
  ]);
}

function follow(samples: Float32Array<ArrayBuffer>): void {
  const decisions = emptyDecisions(samples.length / FRAME_SIZE);
  const suppressed = new Float32Array(samples.length);
  for (let frame = 0; frame < decisions.frames; frame++) {
    const at = frame * FRAME_SIZE;
    running.processFrame(suppressed.subarray(at, at + FRAME_SIZE), samples.subarray(at, at + FRAME_SIZE));
    readDecisions(decisions, frame, running);
  }
  meters.original.add([samples]);
  meters.suppressed.add([suppressed]);
  for (const { blocks } of Object.values(meters)) blocks.splice(0, Math.max(0, blocks.length - REMEMBERED));
  const offset = loudnessOffset(meters.original.blocks, meters.suppressed.blocks);
  reply({ type: 'piece', decisions, offset }, buffersOf(decisions));
}

function obey(request: AnalysisRequest): void {
  if (request.type === 'begin') {
    ({ assets, options } = request);
    running = new Enhancer(assets, options);
  } else if (request.type === 'options') running.setConfig(request.options);
  else if (request.type === 'render') render(request.channels);
  else follow(request.samples);
}

addEventListener('message', ({ data }: MessageEvent<AnalysisRequest>) => {
  try {
    obey(data);
  } catch (error) {
    reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});
