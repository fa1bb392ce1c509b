import { SAMPLE_RATE } from '../../src/index.ts';
import type { Clock } from './clock.ts';
import {
  RECORDER_NAME,
  type RecorderMessage,
  type RecorderOptions,
  type RecorderRequest,
} from './recorder.ts';

const QUANTUM = 128;
const READY_LIMIT_MS = 10_000;
const TIMES_LIMIT_MS = 10_000;

/** A noise suppressor in an AudioWorklet: ours or any other. */
export interface Suppressor {
  /** Adds the processor's script to the context and makes a node with one output. */
  createNode(context: BaseAudioContext): Promise<AudioNode>;
  /** The property that its processor sets when it is ready, for those that load in the background. */
  readyProperty?: string | undefined;
  destroy?(node: AudioNode): void;
}

export interface TimedRender {
  /** Milliseconds from startRendering to its result. */
  renderMs: number;
  /** Milliseconds of each call of the processor; none without a clock. */
  calls: number[];
  /** Whether anything but silence came out. */
  sounded: boolean;
}

/**
 * Renders mono samples at 48 kHz through a suppressor (null: through nothing) in an OfflineAudioContext. clock: times each
 * call of the processor with it. The context is left to the engine, so that the next one finds warm threads.
 */
export async function timedRender(
  suppressor: Suppressor | null,
  samples: Float32Array<ArrayBuffer>,
  clock: Clock | null = null,
): Promise<TimedRender> {
  const context = new OfflineAudioContext(1, samples.length, SAMPLE_RATE);
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: SAMPLE_RATE });
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const calls = clock === null || suppressor === null ? 0 : Math.floor(samples.length / QUANTUM);
  const recorder = suppressor === null ? null : await Recorder.create(context, clock, calls);
  const node = (await suppressor?.createNode(context)) ?? null;
  if (suppressor?.readyProperty !== undefined) await recorder!.waitFor(suppressor.readyProperty);
  (node === null ? source : source.connect(node)).connect(context.destination);
  source.start();
  const startedAt = performance.now();
  const rendered = await context.startRendering();
  const renderMs = performance.now() - startedAt;
  const times = calls === 0 ? [] : await recorder!.times();
  if (node !== null) suppressor?.destroy?.(node);
  recorder?.close(suppressor?.readyProperty);
  return { renderMs, calls: times, sounded: rendered.getChannelData(0).some((sample) => sample !== 0) };
}

/** The page's side of the recorder in bench_worklet.ts. */
class Recorder {
  private readonly received: Promise<Float64Array>;
  private answer: (ready: boolean) => void = () => {};

  private constructor(private readonly node: AudioWorkletNode) {
    this.received = new Promise((resolve) => {
      node.port.onmessage = ({ data }: MessageEvent<RecorderMessage>) => {
        if (data.type === 'times') resolve(data.times);
        else this.answer(data.ready);
      };
    });
  }

  static async create(context: BaseAudioContext, clock: Clock | null, calls: number): Promise<Recorder> {
    await context.audioWorklet.addModule(new URL('bench_worklet.js', document.baseURI).href);
    const processorOptions: RecorderOptions = { clock: clock?.memory ?? null, calls };
    return new Recorder(new AudioWorkletNode(context, RECORDER_NAME, { processorOptions }));
  }

  /** Waits until the timed processor has set a property. */
  async waitFor(property: string): Promise<void> {
    const deadline = performance.now() + READY_LIMIT_MS;
    while (!(await this.ask(property))) {
      if (performance.now() > deadline) throw new Error('a processor does not become ready');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async times(): Promise<number[]> {
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error('the audio thread sent no times')), TIMES_LIMIT_MS),
    );
    return Array.from(await Promise.race([this.received, late]));
  }

  /** Empties the property, if any, of the timed processor. */
  close(property?: string): void {
    if (property !== undefined) this.send({ type: 'release', property });
    this.node.port.onmessage = null;
    this.node.port.close();
  }

  private ask(property: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.answer = resolve;
      this.send({ type: 'ask', property });
    });
  }

  private send(request: RecorderRequest): void {
    this.node.port.postMessage(request);
  }
}
