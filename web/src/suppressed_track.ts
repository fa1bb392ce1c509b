import { keepRunning } from './autoplay.ts';
import { FRAME_SIZE, SAMPLE_RATE } from './constants.ts';
import { PercepNetError } from './errors.ts';
import { loadPercepNet, type LoadOptions, type PercepNetAssets } from './load.ts';
import { PercepNetNode, type NodeOptions } from './percepnet_node.ts';

export interface SuppressOptions extends NodeOptions, LoadOptions {
  /** What `loadPercepNet` gave, or its promise; default: it is called with these options. */
  assets?: PercepNetAssets | Promise<PercepNetAssets>;
  /**
   * Your own context: never resumed nor closed here. Default: a new one at 48 kHz (where the browser cannot bring the
   * input to that rate, at the browser's own), which the user's next gesture resumes where a policy suspends it.
   */
  context?: AudioContext;
  /** false = the output track lives on, silent, when the input track ends, so that replaceInput() may follow. */
  endWithInput?: boolean;
  /** Told when the sound stays untouched because a file could not be loaded or used. Default: a warning on the console. */
  onError?: (error: unknown) => void;
  /** true = stop() and replaceInput() stop the input track too: the microphone's light goes out. Default false. */
  stopInput?: boolean;
}

/** 'waiting' = the context is suspended or interrupted and the output silent. 'stopped' = for good. */
export type SuppressionState = 'running' | 'waiting' | 'stopped';

/** Seconds. */
const FADE = 0.02;
/** Milliseconds between looks at the input: a track that its owner stops dispatches no event. */
const LOOK = 500;
/** Of the output, for whoever holds only its track: without this the graph could be garbage. */
const alive = new Set<SuppressedTrack>();

/**
 * A live track that carries an audio track with the noise suppressed. From the first moment it carries the untouched
 * sound; when the node is there it cross-fades to that. It ends with its input, with its context, and by stop().
 * Dispatches 'statechange'. suppressNoise() makes one and waits for the node.
 */
export class SuppressedTrack extends EventTarget {
  readonly context: AudioContext;
  readonly track: MediaStreamTrack;
  /** Holds `track` alone. */
  readonly stream: MediaStream;
  /** Rejects with PercepNetError; the output then goes on carrying the untouched sound. */
  readonly created: Promise<PercepNetNode>;
  /** null until `created`. */
  node: PercepNetNode | null = null;

  readonly #options: SuppressOptions;
  readonly #leaveContext: () => Promise<void>;
  readonly #direct: GainNode;
  readonly #destination: MediaStreamAudioDestinationNode;
  #input: MediaStreamTrack;
  #source: MediaStreamAudioSourceNode;
  #stopped = false;
  readonly #looking: ReturnType<typeof setInterval>;

  /** Throws PercepNetError 'bad-track', 'context-closed' or 'unsupported'. */
  constructor(input: MediaStream | MediaStreamTrack, options: SuppressOptions = {}) {
    super();
    this.stop = this.stop.bind(this); // for `const { track, stop } = await suppressNoise(...)`
    this.#options = options;
    this.#input = liveAudioTrack(input);
    const { context, source, leave } = enter(options.context, this.#input);
    this.context = context;
    this.#source = source;
    this.#leaveContext = leave;
    this.#direct = new GainNode(context);
    const channelCount = Math.min(2, this.#input.getSettings().channelCount ?? 2);
    this.#destination = new MediaStreamAudioDestinationNode(context, { channelCount });
    this.stream = this.#destination.stream;
    this.track = this.stream.getAudioTracks()[0];
    source.connect(this.#direct).connect(this.#destination);
    this.#adorn(this.track);
    this.#listen(this.#input);
    context.addEventListener('statechange', this.#contextChanged);
    this.#looking = setInterval(() => {
      if (this.#input.readyState === 'ended') this.#inputEnded();
    }, LOOK);
    alive.add(this);
    this.created = this.#start();
    this.created.catch(() => {}); // suppressNoise and the integrations tell; others need not listen
  }

  get state(): SuppressionState {
    if (this.#stopped) return 'stopped';
    return this.context.state === 'running' ? 'running' : 'waiting';
  }

  /** The track that is being suppressed. */
  get input(): MediaStreamTrack {
    return this.#input;
  }

  /**
   * Another microphone behind the same output track, which need not be negotiated anew. It becomes as `enabled` as the
   * one before. Throws PercepNetError 'bad-track' or 'context-closed', and nothing has changed.
   */
  replaceInput(input: MediaStream | MediaStreamTrack): void {
    const next = liveAudioTrack(input);
    if (next === this.#input) return;
    if (this.#stopped) throw contextClosed();
    const source = sourceOf(this.context, next);
    const previous = this.#input;
    next.enabled = previous.enabled;
    this.#leaveInput();
    this.#input = next;
    this.#source = source;
    source.connect(this.#direct);
    if (this.node !== null) source.connect(this.node);
    this.#listen(next);
    if (next.muted !== previous.muted) this.track.dispatchEvent(new Event(next.muted ? 'mute' : 'unmute'));
  }

  /** Tells `onError`, unless all is over anyway. For the integrations, which have nobody to reject to. */
  tell(error: unknown): void {
    if (!this.#stopped) (this.#options.onError ?? console.warn)(error);
  }

  /** Ends the output track and releases the node, and the context if it was made here. May be called again. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#looking);
    this.context.removeEventListener('statechange', this.#contextChanged);
    this.#leaveInput();
    this.node?.destroy();
    this.#direct.disconnect();
    MediaStreamTrack.prototype.stop.call(this.track);
    alive.delete(this);
    this.dispatchEvent(new Event('statechange'));
    await this.#leaveContext();
  }

  async #start(): Promise<PercepNetNode> {
    const options = this.#options;
    const assets = options.assets ?? loadPercepNet(options);
    const node = await PercepNetNode.create(this.context, assets, options);
    if (this.#stopped) {
      node.destroy();
      throw new PercepNetError(
        'bad-track',
        'the input ended, or stop() was called, before the node was there',
      );
    }
    this.node = node;
    this.#fadeTo(node);
    node.addEventListener('processorerror', () => this.#goOnWithout(node));
    node.ready.catch((error: unknown) => this.tell(error));
    return node;
  }

  /** A node whose audio thread has failed is silent for good: better the untouched sound than none. */
  #goOnWithout(node: PercepNetNode): void {
    if (this.#stopped) return;
    node.disconnect();
    this.#direct.gain.cancelScheduledValues(0);
    this.#direct.gain.value = 1;
    this.#direct.connect(this.#destination);
    this.tell(
      new PercepNetError(
        'processor',
        'the audio thread failed and the sound goes on untouched: suppress the track anew',
      ),
    );
  }

  /** From the direct sound to the node's, once the node has sound to give. */
  #fadeTo(node: PercepNetNode): void {
    const { context } = this;
    const fadeIn = new GainNode(context, { gain: 0 });
    this.#source.connect(node).connect(fadeIn).connect(this.#destination);
    const start = context.currentTime + node.latency + FADE;
    fadeIn.gain.setValueAtTime(0, start).linearRampToValueAtTime(1, start + FADE);
    this.#direct.gain.setValueAtTime(1, start).linearRampToValueAtTime(0, start + FADE);
    // Not a timer of the page: the context's time stands still while it is suspended.
    const clock = new ConstantSourceNode(context, { offset: 0 });
    clock.connect(this.#direct);
    clock.onended = () => {
      if (this.#direct.gain.value === 0) this.#direct.disconnect();
    };
    clock.start();
    clock.stop(start + 2 * FADE);
  }

  /** The output track tells of its input what a track may be asked, and can be stopped like any other. */
  #adorn(track: MediaStreamTrack): void {
    Object.defineProperty(track, 'muted', { get: () => this.#input.muted, configurable: true });
    Object.defineProperty(track, 'stop', { value: () => void this.stop(), configurable: true });
  }

  #listen(input: MediaStreamTrack): void {
    input.addEventListener('ended', this.#inputEnded);
    input.addEventListener('mute', this.#passOn);
    input.addEventListener('unmute', this.#passOn);
  }

  #leaveInput(): void {
    this.#input.removeEventListener('ended', this.#inputEnded);
    this.#input.removeEventListener('mute', this.#passOn);
    this.#input.removeEventListener('unmute', this.#passOn);
    this.#source.disconnect();
    if (this.#options.stopInput) this.#input.stop();
  }

  readonly #passOn = (event: Event): void => {
    this.track.dispatchEvent(new Event(event.type));
  };

  readonly #inputEnded = (): void => {
    if (this.#options.endWithInput ?? true) this.#end();
  };

  readonly #contextChanged = (): void => {
    if (this.context.state === 'closed') this.#end();
    else this.dispatchEvent(new Event('statechange'));
  };

  /** As a device's track ends: with an event, which a track's own stop() does not dispatch. */
  #end(): void {
    void this.stop();
    this.track.dispatchEvent(new Event('ended'));
  }
}

function liveAudioTrack(input: MediaStream | MediaStreamTrack): MediaStreamTrack {
  const track = input instanceof MediaStream ? input.getAudioTracks()[0] : input;
  if (track?.kind !== 'audio')
    throw new PercepNetError('bad-track', 'there is no audio track: ask getUserMedia for audio');
  if (track.readyState === 'ended')
    throw new PercepNetError('bad-track', 'the audio track has ended: open the microphone again');
  return track;
}

function contextClosed(): PercepNetError {
  return new PercepNetError(
    'context-closed',
    'the AudioContext is closed: make a new one, and suppress the track anew',
  );
}

function sourceOf(context: AudioContext, track: MediaStreamTrack): MediaStreamAudioSourceNode {
  return new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
}

interface Entered {
  context: AudioContext;
  source: MediaStreamAudioSourceNode;
  /** Closes the context if it was made here. */
  leave: () => Promise<void>;
}

function enter(given: AudioContext | undefined, track: MediaStreamTrack): Entered {
  if (globalThis.AudioContext === undefined)
    throw new PercepNetError('unsupported', 'no AudioContext here: use a current browser');
  if (given?.state === 'closed') throw contextClosed();
  if (given !== undefined) return { context: given, source: sourceOf(given, track), leave: async () => {} };
  const { context, source } = openContext(track);
  const rest = keepRunning(context);
  const leave = async () => {
    rest();
    if (context.state !== 'closed') await context.close();
  };
  return { context, source, leave };
}

/** At 48 kHz and in quanta of a frame where the browser can, so that nothing is resampled nor waits for a frame. */
function openContext(track: MediaStreamTrack): Omit<Entered, 'leave'> {
  const context = new AudioContext({
    sampleRate: SAMPLE_RATE,
    renderSizeHint: FRAME_SIZE,
  } as AudioContextOptions);
  try {
    return { context, source: sourceOf(context, track) };
  } catch (error) {
    void context.close();
    // Firefox connects a microphone only to a context of the microphone's rate, which is that of a plain context.
    if (!(error instanceof DOMException && error.name === 'NotSupportedError')) throw error;
    const own = new AudioContext();
    return { context: own, source: sourceOf(own, track) };
  }
}
