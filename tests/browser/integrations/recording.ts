/** Sounds that the tests send, and what they hear. Samples travel as raw float32 by the test's server. */

export async function samplesOf(url: string): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await (await fetch(url)).arrayBuffer());
}

/** A microphone that carries `samples`, 48 kHz, from its start() on, once. */
export class Player {
  readonly context = new AudioContext({ sampleRate: 48000 });
  readonly #destination = new MediaStreamAudioDestinationNode(this.context, { channelCount: 1 });
  readonly stream = this.#destination.stream;
  readonly track = this.stream.getAudioTracks()[0];

  start(samples: Float32Array<ArrayBuffer>): Promise<void> {
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: 48000 });
    buffer.copyToChannel(samples, 0);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.#destination);
    source.start();
    return new Promise((resolve) => (source.onended = () => resolve()));
  }

  /** A tone of this many Hz, until close(). */
  sing(frequency: number): this {
    const tone = new OscillatorNode(this.context, { frequency });
    tone.connect(new GainNode(this.context, { gain: 0.3 })).connect(this.#destination);
    tone.start();
    return this;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Records two tracks at once, mono, at 48 kHz. */
export class Recorder {
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #pieces: Float32Array<ArrayBuffer>[][] = [[], []];
  readonly #muted: HTMLAudioElement[] = [];

  private constructor(context: AudioContext) {
    this.#context = context;
    this.#node = new AudioWorkletNode(context, 'recorder', {
      numberOfInputs: 2,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    this.#node.port.onmessage = ({ data }) =>
      data.forEach((piece: Float32Array<ArrayBuffer>, input: number) => this.#pieces[input].push(piece));
    this.#node.connect(context.destination);
  }

  static async of(...tracks: MediaStreamTrack[]): Promise<Recorder> {
    const context = new AudioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule('recorder_processor.js');
    const recorder = new Recorder(context);
    tracks.forEach((track, input) => recorder.#add(track, input));
    return recorder;
  }

  #add(track: MediaStreamTrack, input: number): void {
    const stream = new MediaStream([track]);
    // Chromium decodes what comes from a peer only if an element plays it.
    const element = Object.assign(new Audio(), { muted: true, srcObject: stream });
    void element.play();
    this.#muted.push(element);
    this.#context.createMediaStreamSource(stream).connect(this.#node, 0, input);
  }

  get seconds(): number {
    return this.#pieces[0].length / 20;
  }

  async until(seconds: number): Promise<void> {
    while (this.seconds < seconds) await pause(20);
  }

  /** The newest `seconds` of an input, at most. */
  newest(input: number, seconds: number): Float32Array {
    const pieces = this.#pieces[input].slice(-20 * seconds);
    return Float32Array.from(pieces.flatMap((piece) => [...piece]));
  }

  /** Posts all that was recorded: /pcm/<name> for each input. */
  async send(...names: string[]): Promise<void> {
    for (const [input, name] of names.entries())
      await fetch(`/pcm/${name}`, { method: 'POST', body: new Blob(this.#pieces[input]) });
  }

  async close(): Promise<void> {
    this.#node.port.onmessage = null;
    for (const element of this.#muted) element.srcObject = null;
    await this.#context.close();
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function heard(target: EventTarget, type: string): Promise<Event> {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

/** How much of the tone of `frequency` is in `samples` at 48 kHz: its amplitude. */
export function amplitude(samples: Float32Array, frequency: number): number {
  let real = 0;
  let imaginary = 0;
  samples.forEach((sample, i) => {
    real += sample * Math.cos((2 * Math.PI * frequency * i) / 48000);
    imaginary += sample * Math.sin((2 * Math.PI * frequency * i) / 48000);
  });
  return (2 * Math.hypot(real, imaginary)) / samples.length;
}
