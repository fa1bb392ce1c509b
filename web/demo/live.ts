import { PercepNetNode, SAMPLE_RATE, type PercepNetAssets, type PercepNetOptions } from '../src/index.ts';

/** Pieces of the noisy and the enhanced sound, as they come. */
export type PieceFunction = (noisy: Float32Array, enhanced: Float32Array) => void;

/** One run from Start to Stop: a source, the node and the loudspeaker. */
export class LiveSession {
  private recorder: AudioWorkletNode | null = null;

  private constructor(
    private readonly context: AudioContext,
    readonly node: PercepNetNode,
    private readonly volume: GainNode,
    private readonly stream: MediaStream | null,
  ) {}

  /** Plays channels at 48 kHz in a loop. */
  static async play(
    assets: PercepNetAssets,
    channels: Float32Array<ArrayBuffer>[],
    options: PercepNetOptions,
  ): Promise<LiveSession> {
    const session = await LiveSession.open(assets, options, null);
    const buffer = session.context.createBuffer(channels.length, channels[0].length, SAMPLE_RATE);
    channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
    const source = new AudioBufferSourceNode(session.context, { buffer, loop: true });
    source.connect(session.node);
    source.start();
    return session;
  }

  /** Enhances a microphone and hands the sound to `onPiece`; silent until `listen` is set. */
  static async record(
    assets: PercepNetAssets,
    stream: MediaStream,
    options: PercepNetOptions,
    onPiece: PieceFunction,
  ): Promise<LiveSession> {
    const session = await LiveSession.open(assets, options, stream);
    try {
      await session.tap(stream, onPiece);
      return session;
    } catch (error) {
      await session.stop();
      throw error;
    }
  }

  private static async open(
    assets: PercepNetAssets,
    options: PercepNetOptions,
    stream: MediaStream | null,
  ): Promise<LiveSession> {
    const context = new AudioContext({ sampleRate: SAMPLE_RATE });
    try {
      await context.resume();
      const node = await PercepNetNode.create(context, assets, options);
      const volume = new GainNode(context, { gain: stream === null ? 1 : 0 });
      node.connect(volume).connect(context.destination);
      return new LiveSession(context, node, volume, stream);
    } catch (error) {
      await context.close();
      stream?.getTracks().forEach((track) => track.stop());
      throw error;
    }
  }

  /** Seconds since Start. */
  get time(): number {
    return this.context.currentTime;
  }

  /** Seconds that the sound card adds. */
  get deviceLatency(): number {
    return this.context.outputLatency || this.context.baseLatency || 0;
  }

  set listen(on: boolean) {
    this.volume.gain.setTargetAtTime(on ? 1 : 0, this.context.currentTime, 0.01);
  }

  private async tap(stream: MediaStream, onPiece: PieceFunction): Promise<void> {
    const { context, node } = this;
    await context.audioWorklet.addModule(new URL('recorder_processor.js', document.baseURI).href);
    const twoMonoInputs = { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' } as const;
    const recorder = new AudioWorkletNode(context, 'recorder', twoMonoInputs);
    this.recorder = recorder;
    recorder.port.onmessage = ({ data }: MessageEvent<[Float32Array, Float32Array]>) => onPiece(...data);
    const source = context.createMediaStreamSource(stream);
    source.connect(node).connect(recorder, 0, 1);
    source.connect(recorder, 0, 0);
    recorder.connect(context.destination); // its output is silence; without a listener it might not run
  }

  /** Ends the sound; no piece comes any more. */
  async stop(): Promise<void> {
    if (this.recorder !== null) this.recorder.port.onmessage = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.node.destroy();
    await this.context.close();
  }
}
