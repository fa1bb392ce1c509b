import { DEFAULT_CONFIG, mergeConfig, type PercepNetConfig, type PercepNetOptions } from './config.ts';
import { FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { PercepNetError, type PercepNetErrorCode } from './errors.ts';
import { FrameQueue, type FrameWork, type Spread } from './frame_queue.ts';
import type { PercepNetAssets } from './load.ts';
import {
  PROCESSOR_NAME,
  type FromProcessor,
  type ProcessorOptions,
  type StatsMessage,
  type ToProcessor,
  type VoiceMessage,
} from './protocol.ts';

/** Dispatched about 20 times a second. */
export type VoiceEvent = Event & Omit<VoiceMessage, 'type'>;
/** Dispatched about once a second. */
export type StatsEvent = Event & Omit<StatsMessage, 'type'>;
/** `error.code` 'bad-input': samples were replaced. Others: the sound passes through untouched until a new node is made. */
export type NodeErrorEvent = Event & { error: PercepNetError };

export interface NodeOptions extends PercepNetOptions {
  /**
   * Render quanta by which the sound may come later, 0 (the default), 1 or 2, so that each frame's work is spread over
   * as many `process` calls more: with 2, no call does more than about a third of it. Fixed for the node's life.
   */
  spread?: Spread;
}

interface NodeEvents {
  voice: VoiceEvent;
  stats: StatsEvent;
  error: NodeErrorEvent;
}

export interface PercepNetNode {
  addEventListener<K extends keyof NodeEvents>(
    type: K,
    listener: (event: NodeEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

const USUAL_QUANTUM = 128;
// Node has no AudioWorkletNode; the rest of the library works there.
const Base = (globalThis.AudioWorkletNode ?? class {}) as typeof AudioWorkletNode;
const addedModules = new WeakMap<BaseAudioContext, Map<string, Promise<void>>>();

async function addProcessor(context: BaseAudioContext, url: string): Promise<void> {
  const added = addedModules.get(context) ?? new Map<string, Promise<void>>();
  addedModules.set(context, added);
  if (!added.has(url)) added.set(url, context.audioWorklet.addModule(url));
  try {
    await added.get(url);
  } catch (cause) {
    added.delete(url);
    throw new PercepNetError(
      'fetch',
      `${url} could not be loaded as a worklet: check \`baseUrl\` and the Content-Security-Policy`,
      { cause },
    );
  }
}

function checkContext(context: BaseAudioContext): void {
  if (globalThis.AudioWorkletNode === undefined || context.audioWorklet === undefined)
    throw new PercepNetError(
      'unsupported',
      'no AudioWorklet here: serve the page over HTTPS or from localhost, in a current browser',
    );
  if (context.sampleRate !== SAMPLE_RATE)
    throw new PercepNetError(
      'sample-rate',
      `the AudioContext runs at ${context.sampleRate} Hz, PercepNet at ${SAMPLE_RATE} Hz: use new AudioContext({ sampleRate: ${SAMPLE_RATE} })`,
    );
}

const NO_WORK: FrameWork = { begin: () => {}, advance: () => 0, end: () => {} };

function framingDelay(quantum: number, spread: Spread): number {
  const queue = new FrameQueue(FRAME_SIZE, NO_WORK, spread);
  queue.process(new Float32Array(quantum), undefined);
  return queue.delay;
}

function checkSpread(spread: number): Spread {
  if (spread === 0 || spread === 1 || spread === 2) return spread;
  throw new PercepNetError('bad-arg', `spread is ${spread}: give 0, 1 or 2`);
}

/**
 * Enhances up to two channels of a 48 kHz AudioContext; each is processed on its own, and the output has as many as
 * the input. Events: 'voice', 'stats', 'error'. Call destroy() when done: until then the audio thread keeps it alive.
 */
export class PercepNetNode extends Base {
  private config: PercepNetConfig;
  private delay: number;

  /** Rejects with PercepNetError 'sample-rate', 'unsupported', 'fetch' or 'bad-arg'. */
  static async create(
    context: BaseAudioContext,
    assets: PercepNetAssets,
    options: NodeOptions = {},
  ): Promise<PercepNetNode> {
    checkContext(context);
    const config = mergeConfig(DEFAULT_CONFIG, options);
    const shared = { model: assets.model, config, spread: checkSpread(options.spread ?? 0) };
    await addProcessor(context, assets.processorUrl);
    try {
      return new PercepNetNode(context, { module: assets.module, ...shared });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'DataCloneError')) throw error;
      return new PercepNetNode(context, { module: assets.moduleBytes, ...shared });
    }
  }

  /** Use PercepNetNode.create, which checks the context and loads the worklet script. */
  protected constructor(context: BaseAudioContext, processorOptions: ProcessorOptions) {
    super(context, PROCESSOR_NAME, { channelCount: 2, channelCountMode: 'clamped-max', processorOptions });
    this.config = processorOptions.config;
    const quantum = (context as { renderQuantumSize?: number }).renderQuantumSize ?? USUAL_QUANTUM;
    this.delay = framingDelay(quantum, processorOptions.spread);
    this.port.onmessage = ({ data }: MessageEvent<FromProcessor>) => this.receive(data);
    this.port.onmessageerror = () =>
      this.dispatchError('processor', 'a message from the audio thread was lost');
    this.addEventListener('processorerror', () =>
      this.dispatchError('processor', 'the audio thread failed and is silent: make a new node'),
    );
  }

  /** Seconds from input to output: framing, its spread, and algorithm. */
  get latency(): number {
    return (this.delay + LATENCY) / SAMPLE_RATE;
  }

  get maxAttenuationDb(): number {
    return this.config.maxAttenuationDb;
  }
  /** 0..100 dB. Throws PercepNetError 'bad-arg'. */
  set maxAttenuationDb(value: number) {
    this.configure({ maxAttenuationDb: value });
  }

  get postfilter(): number {
    return this.config.postfilter;
  }
  /** 0..1. Throws PercepNetError 'bad-arg'. */
  set postfilter(value: number) {
    this.configure({ postfilter: value });
  }

  get bypass(): boolean {
    return this.config.bypass;
  }
  set bypass(value: boolean) {
    this.configure({ bypass: value });
  }

  /** Forgets the past, as if the node were new. */
  reset(): void {
    this.send({ type: 'reset' });
  }

  /** Disconnects the node and frees its memory on the audio thread. It cannot be used again. */
  destroy(): void {
    this.disconnect();
    this.send({ type: 'destroy' });
    this.port.onmessage = null;
    this.port.close();
  }

  private configure(options: PercepNetOptions): void {
    this.config = mergeConfig(this.config, options);
    this.send({ type: 'config', config: this.config });
  }

  private send(message: ToProcessor): void {
    this.port.postMessage(message);
  }

  private receive(message: FromProcessor): void {
    if (message.type === 'delay') this.delay = message.delay;
    else if (message.type === 'error') this.dispatchError(message.code, message.message);
    else {
      const { type, ...values } = message;
      this.dispatchEvent(Object.assign(new Event(type), values));
    }
  }

  private dispatchError(code: PercepNetErrorCode, message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { error: new PercepNetError(code, message) }));
  }
}
