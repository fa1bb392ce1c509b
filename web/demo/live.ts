import { PercepNetNode, SAMPLE_RATE, type PercepNetAssets, type NodeOptions } from '../src/index.ts';
import { LoopbackCall } from './loopback_call.ts';

/** What is enhanced: channels at 48 kHz, played in a loop, or a microphone. */
export type Input = { channels: Float32Array<ArrayBuffer>[] } | { stream: MediaStream };
/** Pieces of what goes into the node and of what is heard, mono, as they come; whole frames. */
export type PieceFunction = (before: Float32Array<ArrayBuffer>, after: Float32Array<ArrayBuffer>) => void;

const SMOOTH = 0.01; // seconds

/**
 * One run from Start to Stop:
 *
 *   input -> node (-> call) -> level -> speaker
 *     |                    |
 *     '------ recorder ----'
 */
export class LiveSession {
  private readonly level: GainNode;
  private readonly speaker: GainNode;
  private readonly recorder: AudioWorkletNode;
  private player: AudioBufferSourceNode | null = null;
  private playedFrom = 0;
  private currentCall: LoopbackCall | null = null;

  private constructor(
    private readonly context: AudioContext,
    readonly node: PercepNetNode,
    private readonly input: Input,
    onPiece: PieceFunction,
  ) {
    this.level = new GainNode(context);
    this.speaker = new GainNode(context, { gain: 'stream' in input ? 0 : 1 });
    const twoMonoInputs = { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' } as const;
    this.recorder = new AudioWorkletNode(context, 'recorder', twoMonoInputs);
    this.recorder.port.onmessage = ({ data }: MessageEvent<Parameters<PieceFunction>>) => onPiece(...data);
    this.recorder.connect(context.destination); // its output is silence; without a listener it might not run
    this.level.connect(this.speaker).connect(context.destination);
    this.hear(node);
    if ('stream' in input) this.feed(context.createMediaStreamSource(input.stream));
    else this.seek(0);
  }

  /** A microphone is not heard until `listen` is set. */
  static async open(
    assets: PercepNetAssets,
    input: Input,
    options: NodeOptions,
    onPiece: PieceFunction,
  ): Promise<LiveSession> {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE });
    try {
      await context.resume();
      await context.audioWorklet.addModule(new URL('recorder_processor.js', document.baseURI).href);
      const node = await PercepNetNode.create(context, assets, options);
      return new LiveSession(context, node, input, onPiece);
    } catch (error) {
      await context.close();
      if ('stream' in input) input.stream.getTracks().forEach((track) => track.stop());
      throw error;
    }
  }

  /** Seconds into the sound of what is heard now. */
  get position(): number {
    if (!('channels' in this.input)) return 0;
    const seconds = this.input.channels[0].length / SAMPLE_RATE;
    return Math.max(0, this.context.currentTime - this.playedFrom - this.node.latency) % seconds;
  }

  /** Seconds that the sound card adds. */
  get deviceLatency(): number {
    return this.context.outputLatency || this.context.baseLatency || 0;
  }

  get call(): LoopbackCall | null {
    return this.currentCall;
  }

  set listen(on: boolean) {
    this.speaker.gain.setTargetAtTime(on ? 1 : 0, this.context.currentTime, SMOOTH);
  }

  /** dB, at most 0: what makes this side as loud as the other. */
  set levelDb(db: number) {
    this.level.gain.setTargetAtTime(10 ** (db / 20), this.context.currentTime, SMOOTH);
  }

  /** Plays a sound from there on, in a loop. */
  seek(seconds: number): void {
    if (!('channels' in this.input)) return;
    const { channels } = this.input;
    const buffer = this.context.createBuffer(channels.length, channels[0].length, SAMPLE_RATE);
    channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
    this.player?.stop();
    this.player?.disconnect();
    this.player = new AudioBufferSourceNode(this.context, { buffer, loop: true });
    this.feed(this.player);
    this.player.start(0, seconds);
    this.playedFrom = this.context.currentTime - seconds;
  }

  /** Sends the sound through a call of its own, or no longer. */
  async setCall(on: boolean): Promise<void> {
    if (on === (this.currentCall !== null)) return;
    if (on) {
      this.currentCall = await LoopbackCall.open(this.context, this.node);
      this.node.disconnect(this.level);
      this.node.disconnect(this.recorder);
      this.hear(this.currentCall.output);
    } else {
      this.currentCall!.close();
      this.currentCall = null;
      this.hear(this.node);
    }
  }

  /** Ends the sound; no piece comes any more. */
  async stop(): Promise<void> {
    this.recorder.port.onmessage = null;
    if ('stream' in this.input) this.input.stream.getTracks().forEach((track) => track.stop());
    this.currentCall?.close();
    this.node.destroy();
    await this.context.close();
  }

  private feed(source: AudioNode): void {
    source.connect(this.node);
    source.connect(this.recorder, 0, 0);
  }

  private hear(output: AudioNode): void {
    output.connect(this.level);
    output.connect(this.recorder, 0, 1);
  }
}
