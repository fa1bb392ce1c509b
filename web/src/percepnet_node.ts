import { DEFAULT_CONFIG, mergeConfig, type PercepNetConfig, type PercepNetOptions } from './config.ts';
import { blockLengths, checkRate, latencyOf } from './context_rate.ts';
import { EngineDelivery, withClonable } from './engine_delivery.ts';
import { PercepNetError } from './errors.ts';
import { Execution, type ExecutionOptions } from './execution.ts';
import { SPREADS, type Spread } from './frame_queue.ts';
import type { ParameterName } from './live_parameters.ts';
import { ownScriptUrls, type PercepNetAssets } from './load.ts';
import type { GuardStep } from './guard.ts';
import { OWN_BUILD } from './manifest.ts';
import { NodeGuard, type OverloadEvent } from './node_guard.ts';
import type {
  EngineSource,
  FromProcessor,
  ProcessorOptions,
  StatsMessage,
  ToProcessor,
  VoiceMessage,
} from './protocol.ts';
import { addWorkletScript, contextClosed } from './worklet_script.ts';

/** Dispatched about 20 times a second, while sound is enhanced. */
export type VoiceEvent = Event & Omit<VoiceMessage, 'type'>;
/** Dispatched about once a second. */
export type StatsEvent = Event & Omit<StatsMessage, 'type'>;
/** `error.code` 'bad-input': samples were replaced. Others: the sound passes untouched until setAssets() succeeds. */
export type NodeErrorEvent = Event & { error: PercepNetError };

/**
 * 'each': mono in, mono out; stereo in, stereo out, each side enhanced on its own; more channels are mixed down to two.
 * 'mix': everything is mixed down to mono. 'first': the first channel alone, for a microphone on one of several inputs.
 */
export type ChannelPolicy = 'each' | 'mix' | 'first';

export interface NodeOptions extends PercepNetOptions, ExecutionOptions {
  /**
   * Render quanta by which the sound may come later, 0 (the default) to 3, so that each frame's work is spread over as
   * many `process` calls more: with 2, no call does more than about a third of it. Fixed for the node's life.
   */
  spread?: Spread;
  /** Default: 'each'. Fixed for the node's life. */
  channels?: ChannelPolicy;
  /**
   * true = when calls take too long or come too late, the node goes on with the next smaller model of the same build, in
   * the end with the untouched sound, and back up after calm; 'overload' tells. Default: false.
   */
  guard?: boolean;
  /** Where percepnet_processor.js lies. Default: where the assets come from; for a promise of them, beside the library. */
  processorUrl?: string;
}

interface NodeEvents {
  voice: VoiceEvent;
  stats: StatsEvent;
  error: NodeErrorEvent;
  overload: OverloadEvent;
}

/**
 * The AudioParams of a node, k-rate: for values at a time and for curves. A frame of 10 ms takes the values of the render
 * quantum that completes it. They are float32, as in the core, so equal values give equal bits.
 */
export interface PercepNetParameters extends AudioParamMap {
  get(name: ParameterName): AudioParam;
  get(name: string): AudioParam | undefined;
}

export interface PercepNetNode {
  readonly parameters: PercepNetParameters;
}

const USUAL_QUANTUM = 128;
/** How Web Audio mixes the input for each policy. */
const MIXING: Record<ChannelPolicy, AudioNodeOptions> = {
  each: { channelCount: 2, channelCountMode: 'clamped-max', channelInterpretation: 'speakers' },
  mix: { channelCount: 1, channelCountMode: 'explicit', channelInterpretation: 'speakers' },
  first: { channelCount: 1, channelCountMode: 'explicit', channelInterpretation: 'discrete' },
};
// Node has no AudioWorkletNode; the rest of the library works there.
const Base = (globalThis.AudioWorkletNode ?? class {}) as typeof AudioWorkletNode;

function checkContext(context: BaseAudioContext): void {
  if (globalThis.AudioWorkletNode === undefined || context.audioWorklet === undefined)
    throw new PercepNetError(
      'unsupported',
      'no AudioWorklet here: serve the page over HTTPS or from localhost, in a current browser',
    );
  checkRate(context.sampleRate);
}

function checkSpread(spread: number): Spread {
  if (SPREADS.includes(spread as Spread)) return spread as Spread;
  throw new PercepNetError('bad-arg', `spread is ${spread}: give ${SPREADS.join(', ')}`);
}

/** The policy's mixing. Throws PercepNetError 'bad-arg'. */
function mixingFor({ channels = 'each' }: NodeOptions): AudioNodeOptions {
  if (Object.hasOwn(MIXING, channels)) return MIXING[channels];
  throw new PercepNetError(
    'bad-arg',
    `channels is ${String(channels)}: give ${Object.keys(MIXING).join(', ')}`,
  );
}

function processorOptionsFor(context: BaseAudioContext, options: NodeOptions): ProcessorOptions {
  return {
    engine: null,
    config: mergeConfig(DEFAULT_CONFIG, options),
    spread: checkSpread(options.spread ?? 0),
    quantum: (context as { renderQuantumSize?: number }).renderQuantumSize ?? USUAL_QUANTUM,
    channels: mixingFor(options).channelCount!,
    live: !('startRendering' in context),
    transport: 0,
  };
}

function executionFor(
  context: BaseAudioContext,
  options: NodeOptions,
  settings: ProcessorOptions,
): Execution {
  return new Execution(options, {
    ...settings,
    blockLengths: blockLengths(context.sampleRate, settings.quantum),
  });
}

/** The worklet script is wanted before the assets are there. Where it is not beside the library, they know its place. */
async function addScriptFor(
  context: BaseAudioContext,
  coming: PromiseLike<PercepNetAssets>,
  url: string | undefined,
): Promise<void> {
  const assets = Promise.resolve(coming);
  assets.catch(() => {}); // the node's `ready` tells
  try {
    await addWorkletScript(context, url ?? ownScriptUrls().processorUrl);
  } catch (error) {
    if (url !== undefined || (error as PercepNetError).code !== 'fetch') throw error;
    await addWorkletScript(context, (await assets).processorUrl);
  }
}

/** A script of another build, under `processorUrl`, registers another name. */
function constructed(make: () => PercepNetNode): PercepNetNode {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof DOMException && cause.name === 'InvalidStateError')) throw cause;
    throw new PercepNetError(
      'integrity',
      'the worklet script is not of this build: copy all files of one build, and check `processorUrl`',
      { cause },
    );
  }
}

/**
 * Enhances up to two channels of an AudioContext; the sound passes untouched, at the same delay, whenever it cannot be
 * enhanced. Events: 'voice', 'stats', 'error', 'overload'. Call destroy() when done: until then the audio thread keeps it alive.
 */
export class PercepNetNode extends Base {
  private bypassed: boolean;
  private listened = false;
  private delay: number;
  private readonly guard: NodeGuard | null;
  private readonly engines = new EngineDelivery(
    this.context,
    (message, transfer) => this.send(message, transfer),
    (error) => this.dispatchError(error),
  );

  /**
   * Resolves as soon as the worklet script is there. Until the model is in place too (see `ready`), the sound passes
   * untouched; only an OfflineAudioContext has it from the start, if `assets` are loaded already. Rejects with
   * PercepNetError 'unsupported', 'sample-rate', 'fetch', 'integrity', 'bad-arg' or 'context-closed'.
   */
  static async create(
    context: BaseAudioContext,
    assets: PercepNetAssets | PromiseLike<PercepNetAssets>,
    options: NodeOptions = {},
  ): Promise<PercepNetNode> {
    checkContext(context);
    const processorOptions = processorOptionsFor(context, options);
    const execution = executionFor(context, options, processorOptions);
    processorOptions.transport = execution.transportFor('then' in assets ? null : assets);
    const mixing = mixingFor(options);
    const make = (engine: EngineSource | null): PercepNetNode =>
      constructed(
        () =>
          new PercepNetNode(
            context,
            { ...processorOptions, engine },
            mixing,
            execution,
            options.guard === true,
          ),
      );
    if ('then' in assets) await addScriptFor(context, assets, options.processorUrl);
    else await addWorkletScript(context, options.processorUrl ?? assets.processorUrl);
    if ('then' in assets || processorOptions.live) {
      const node = make(null);
      void node.setAssets(assets);
      return node;
    }
    const node = withClonable(context, assets, make);
    node.engines.expectFirst(assets);
    node.guard?.watch(assets);
    return node;
  }

  /** Use PercepNetNode.create, which checks the context and loads the worklet script. */
  protected constructor(
    context: BaseAudioContext,
    processorOptions: ProcessorOptions,
    mixing: AudioNodeOptions,
    private readonly execution: Execution,
    guarded: boolean,
  ) {
    const { config, quantum, spread, transport } = processorOptions;
    const { maxAttenuationDb, postfilter } = config;
    const parameterData = { maxAttenuationDb, postfilter };
    super(context, OWN_BUILD.manifest.processor, { ...mixing, processorOptions, parameterData });
    this.bypassed = config.bypass;
    this.delay = latencyOf(context.sampleRate, quantum, spread, transport);
    execution.onFailure = (error) => {
      this.engines.deliver(null);
      this.dispatchError(error);
    };
    const onStep = (step: GuardStep): boolean =>
      this.dispatchEvent(Object.assign(new Event('overload'), step));
    this.guard = guarded ? new NodeGuard({ put: (assets) => this.put(assets), onStep }) : null;
    this.port.onmessage = ({ data }: MessageEvent<FromProcessor>) => this.receive(data);
    this.port.onmessageerror = () =>
      this.dispatchError(
        new PercepNetError('processor', 'a message from the audio thread was lost: set the assets again'),
      );
    this.addEventListener('processorerror', () => this.failForGood());
    context.addEventListener('statechange', this.contextChanged);
  }

  override addEventListener<K extends keyof NodeEvents>(
    type: K,
    listener: (event: NodeEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
    if (type !== 'voice' || this.listened) return;
    this.listened = true;
    this.send({ type: 'listen' });
  }

  /**
   * Resolves when the module and the model given last are in place on the audio thread; the sound then fades over to
   * theirs within 0.1 s. Rejects with PercepNetError if that has failed, as an 'error' event tells too.
   */
  get ready(): Promise<void> {
    return this.engines.ready;
  }

  /** Seconds from input to output, exact to the sample: framing, its spread, resampling, and the algorithm. */
  get latency(): number {
    return this.delay / this.context.sampleRate;
  }

  /** 0..100 dB: the value of the AudioParam of this name. Setting it throws PercepNetError 'bad-arg'. */
  get maxAttenuationDb(): number {
    return this.parameters.get('maxAttenuationDb').value;
  }
  set maxAttenuationDb(value: number) {
    this.setParameter('maxAttenuationDb', value);
  }

  /** 0..1: the value of the AudioParam of this name. Setting it throws PercepNetError 'bad-arg'. */
  get postfilter(): number {
    return this.parameters.get('postfilter').value;
  }
  set postfilter(value: number) {
    this.setParameter('postfilter', value);
  }

  get bypass(): boolean {
    return this.bypassed;
  }
  set bypass(value: boolean) {
    this.bypassed = value;
    this.send({ type: 'bypass', bypass: value });
  }

  /**
   * Another model, or the same again after a failure, without a gap: the sound fades to the untouched one, at the same
   * delay, and from there to the newly enhanced one. null: from now on the untouched sound, at next to no cost. What
   * was given before and has not arrived is dropped. Gives `ready`, as new; if it rejects, the sound goes on as it was.
   */
  setAssets(assets: PercepNetAssets | PromiseLike<PercepNetAssets> | null): Promise<void> {
    this.guard?.watch(assets);
    return this.put(assets);
  }

  /** Forgets the past, as if the node were new. */
  reset(): void {
    this.send({ type: 'reset' });
  }

  /** Disconnects the node and frees its memory on the audio thread. It cannot be used again. */
  destroy(): void {
    this.disconnect();
    this.send({ type: 'destroy' });
    this.context.removeEventListener('statechange', this.contextChanged);
    this.engines.abandon(new PercepNetError('destroyed', 'the node was destroyed before it was ready'));
    this.execution.end();
    this.guard?.watch(null);
    this.port.onmessage = null;
    this.port.close();
  }

  private readonly contextChanged = (): void => {
    if (this.context.state === 'running') this.send({ type: 'resumed' });
    else if (this.context.state === 'closed') {
      this.execution.end();
      this.engines.abandon(contextClosed());
    }
  };

  private put(assets: PercepNetAssets | PromiseLike<PercepNetAssets> | null): Promise<void> {
    const config = (): PercepNetConfig => ({
      maxAttenuationDb: this.maxAttenuationDb,
      postfilter: this.postfilter,
      bypass: this.bypass,
    });
    this.engines.deliver(this.execution.prepare(assets, config));
    return this.ready;
  }

  private setParameter(name: ParameterName, value: number): void {
    this.parameters.get(name).value = mergeConfig(DEFAULT_CONFIG, { [name]: value })[name];
  }

  private send(message: ToProcessor, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }

  private receive(message: FromProcessor): void {
    if (message.type === 'latency') this.delay = message.latency;
    else if (message.type === 'error') this.dispatchError(new PercepNetError(message.code, message.message));
    else if (message.type === 'voice' || message.type === 'stats') {
      if (message.type === 'stats') this.guard?.note(message);
      const { type, ...values } = message;
      this.dispatchEvent(Object.assign(new Event(type), values));
    } else this.engines.receive(message);
  }

  private failForGood(): void {
    const error = new PercepNetError('processor', 'the audio thread failed and is silent: make a new node');
    this.engines.abandon(error);
    this.dispatchError(error);
  }

  private dispatchError(error: PercepNetError): void {
    this.dispatchEvent(Object.assign(new Event('error'), { error }));
  }
}
