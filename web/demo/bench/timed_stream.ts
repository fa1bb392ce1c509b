import { FRAME_SIZE, SAMPLE_RATE } from '../../src/index.ts';
import {
  RECORDER_NAME,
  type RecordedTimes,
  type RecorderMessage,
  type RecorderOptions,
  type RecorderRequest,
} from './recorder.ts';

const QUANTUM = 128;
const WHOLE = 1920; // samples: the least that holds whole frames and whole render quanta
const LIMIT_MS = 10_000;

/** A noise suppressor in an AudioWorklet: ours or any other. */
export interface Suppressor {
  /** Adds the processor's script to the context and makes a node with one output. */
  createNode(context: BaseAudioContext): Promise<AudioNode>;
  /** The property that its processor sets when it is ready, for those that load in the background. */
  readyProperty?: string | undefined;
  destroy?(node: AudioNode): void;
}

/** What one stretch of sound cost. */
export interface Stretch {
  frames: number;
  /** Milliseconds that the context rendered. */
  renderMs: number;
  /** Of the calls of the processor; null without a suppressor. */
  recorded: RecordedTimes | null;
}

/**
 * Mono sound at 48 kHz, over and over, through a suppressor (null: through nothing) in an OfflineAudioContext that halts
 * after every stretch: the processor lives on, and is as warm in later stretches as in a long call.
 */
export class TimedStream {
  private done = 0;

  private constructor(
    private readonly context: OfflineAudioContext,
    private readonly stretch: number,
    private readonly recorder: Recorder | null,
    private readonly end: () => void,
  ) {}

  /** stretches: how often next() may be called. A stretch is as long as the samples, rounded up to whole frames and quanta. */
  static async open(
    suppressor: Suppressor | null,
    samples: Float32Array<ArrayBuffer>,
    stretches: number,
  ): Promise<TimedStream> {
    const stretch = Math.ceil(samples.length / WHOLE) * WHOLE;
    const context = new OfflineAudioContext(1, stretches * stretch + QUANTUM, SAMPLE_RATE);
    const source = loop(context, samples);
    const recorder = suppressor && (await Recorder.create(context, stretch / QUANTUM));
    const node = (await suppressor?.createNode(context)) ?? null;
    if (suppressor?.readyProperty !== undefined) await recorder!.waitFor(suppressor.readyProperty);
    (node === null ? source : source.connect(node)).connect(context.destination);
    source.start();
    const halted = context.suspend(0);
    void context.startRendering();
    await halted;
    return new TimedStream(context, stretch, recorder, () => {
      if (node !== null) suppressor?.destroy?.(node);
      recorder?.close();
    });
  }

  async next(): Promise<Stretch> {
    this.done += this.stretch;
    const halted = this.context.suspend(this.done / SAMPLE_RATE);
    const recorded = this.recorder?.next() ?? null;
    const start = performance.now();
    await this.context.resume();
    await halted;
    const renderMs = performance.now() - start;
    return { frames: this.stretch / FRAME_SIZE, renderMs, recorded: await recorded };
  }

  close(): void {
    this.end();
    void this.context.resume();
  }
}

function loop(context: BaseAudioContext, samples: Float32Array<ArrayBuffer>): AudioBufferSourceNode {
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: SAMPLE_RATE });
  buffer.copyToChannel(samples, 0);
  return new AudioBufferSourceNode(context, { buffer, loop: true });
}

/** The page's side of the recorder in bench_worklet.ts. */
class Recorder {
  private answer: (message: RecorderMessage) => void = () => {};

  private constructor(private readonly node: AudioWorkletNode) {
    node.port.onmessage = ({ data }: MessageEvent<RecorderMessage>) => this.answer(data);
  }

  static async create(context: BaseAudioContext, calls: number): Promise<Recorder> {
    await context.audioWorklet.addModule(new URL('bench_worklet.js', document.baseURI).href);
    const processorOptions: RecorderOptions = { calls };
    return new Recorder(new AudioWorkletNode(context, RECORDER_NAME, { processorOptions }));
  }

  /** Waits until the timed processor has set a property. */
  async waitFor(property: string): Promise<void> {
    const deadline = performance.now() + LIMIT_MS;
    const request: RecorderRequest = { property };
    for (;;) {
      const message = this.message();
      this.node.port.postMessage(request);
      if (((await message) as { ready: boolean }).ready) return;
      if (performance.now() > deadline) throw new Error('a processor does not become ready');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** The times of the stretch that is rendered next. */
  async next(): Promise<RecordedTimes> {
    return (await this.message()) as RecordedTimes;
  }

  close(): void {
    this.node.port.onmessage = null;
    this.node.port.close();
  }

  private message(): Promise<RecorderMessage> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the audio thread does not answer')), LIMIT_MS);
      this.answer = (message) => {
        clearTimeout(timer);
        resolve(message);
      };
    });
  }
}
