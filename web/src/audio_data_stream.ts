import type { BlockEngine } from './block_engine.ts';
import { DEFAULT_CONFIG, mergeConfig, type PercepNetConfig, type PercepNetOptions } from './config.ts';
import { FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { blockLengths, checkRate } from './context_rate.ts';
import { PercepNetError } from './errors.ts';
import { greatestCommonDivisor } from './frame_queue.ts';
import { InlineEngine } from './inline_engine.ts';
import type { PercepNetAssets } from './load.ts';
import { ResampledEngine } from './resampled_engine.ts';
import { WasmModel } from './wasm_model.ts';

const MICROSECONDS = 1e6;
const MOST_CHANNELS = 2;
const FRAMES_PER_SECOND = SAMPLE_RATE / FRAME_SIZE;

type Emit = (data: AudioData) => void;
type Engines = (rate: number, block: number) => BlockEngine;

/** The fewest samples that are whole frames at 48 kHz, unless that is more than 50 ms: then about a frame. */
function blockFor(rate: number): number {
  const whole = rate / greatestCommonDivisor(rate, FRAMES_PER_SECOND);
  return whole <= rate / 20 ? whole : Math.round(rate / FRAMES_PER_SECOND);
}

function enginesFor(
  { module, model }: Pick<PercepNetAssets, 'module' | 'model'>,
  config: PercepNetConfig,
): Engines {
  const shared = WasmModel.whole(module, model);
  return (rate, block) => {
    const lengths = blockLengths(rate, block);
    const settings = {
      config,
      spread: 0,
      channels: MOST_CHANNELS,
      blockLengths: lengths,
      onFrame: () => {},
    } as const;
    const engine = new InlineEngine(shared, settings);
    if (rate === SAMPLE_RATE) return engine;
    return new ResampledEngine(engine, module, rate, block, MOST_CHANNELS);
  };
}

/** Cuts AudioData of one rate into blocks, enhances them, and gives each the time of the sound that it holds. */
class AudioDataEnhancer {
  private readonly engine: BlockEngine;
  private readonly block: number;
  private readonly input: Float32Array[];
  private readonly output: Float32Array[];
  private filled = 0;
  private taken = 0;
  /** The sample that the next block of output begins with; below 0 it comes before the first sound. */
  private next: number;
  /** Where data began whose sound has not come out yet, and when that was. */
  private readonly starts: { at: number; timestamp: number }[] = [];

  constructor(
    engines: Engines,
    readonly rate: number,
    private readonly channels: number,
  ) {
    this.block = blockFor(rate);
    this.engine = engines(rate, this.block);
    this.next = -Math.round(this.engine.delay + (LATENCY * rate) / SAMPLE_RATE);
    [this.input, this.output] = [0, 1].map(() =>
      Array.from({ length: channels }, () => new Float32Array(this.block)),
    );
  }

  add(data: AudioData, emit: Emit): void {
    this.starts.push({ at: this.taken, timestamp: data.timestamp });
    const planes = this.planesOf(data);
    for (let at = 0; at < data.numberOfFrames;) {
      const count = Math.min(this.block - this.filled, data.numberOfFrames - at);
      planes.forEach((plane, channel) =>
        this.input[channel].set(plane.subarray(at, at + count), this.filled),
      );
      this.filled += count;
      this.taken += count;
      at += count;
      if (this.filled === this.block) this.enhance(emit);
    }
  }

  /** What is still inside. */
  finish(emit: Emit): void {
    while (this.next < this.taken) {
      for (const samples of this.input) samples.fill(0, this.filled);
      this.enhance(emit);
    }
    this.engine.close();
  }

  private planesOf(data: AudioData): Float32Array[] {
    return Array.from({ length: this.channels }, (_, channel) => {
      const plane = new Float32Array(data.numberOfFrames);
      data.copyTo(plane, { planeIndex: Math.min(channel, data.numberOfChannels - 1), format: 'f32-planar' });
      return plane;
    });
  }

  private enhance(emit: Emit): void {
    this.engine.process(this.output, this.input);
    this.filled = 0;
    const from = Math.max(0, -this.next);
    const to = Math.min(this.block, this.taken - this.next);
    if (from < to) emit(this.sound(from, to));
    this.next += this.block;
  }

  private sound(from: number, to: number): AudioData {
    const data = new Float32Array(this.channels * (to - from));
    this.output.forEach((samples, channel) => data.set(samples.subarray(from, to), channel * (to - from)));
    return new AudioData({
      format: 'f32-planar',
      sampleRate: this.rate,
      numberOfChannels: this.channels,
      numberOfFrames: to - from,
      timestamp: this.timeOf(this.next + from),
      data,
    });
  }

  private timeOf(sample: number): number {
    while (this.starts.length > 1 && this.starts[1].at <= sample) this.starts.shift();
    const [{ at, timestamp }] = this.starts;
    return timestamp + ((sample - at) * MICROSECONDS) / this.rate;
  }
}

/**
 * Enhances the AudioData of WebCodecs, of any length and of any rate that a node takes: between a
 * MediaStreamTrackProcessor or an AudioDecoder and whatever writes. What comes out has the same rate and the timestamps
 * of the sound that it holds: 10 ms at a time (20 or 40 at some rates), later by 30 ms and, at other rates than 48 kHz,
 * a little more; the first and the last may be shorter. Up to two channels, each on its own; the first data decides how
 * many. Takes and closes what it reads.
 *
 * Throws PercepNetError 'unsupported' without WebCodecs, 'bad-arg' or 'bad-model'; the stream fails with 'sample-rate'.
 */
export function enhanceAudioData(
  assets: Pick<PercepNetAssets, 'module' | 'model'>,
  options: PercepNetOptions = {},
): TransformStream<AudioData, AudioData> {
  if (typeof AudioData !== 'function')
    throw new PercepNetError('unsupported', 'no AudioData of WebCodecs here: use PercepNetNode or Enhancer');
  const engines = enginesFor(assets, mergeConfig(DEFAULT_CONFIG, options));
  let channels = 0;
  let enhancer: AudioDataEnhancer | undefined;
  return new TransformStream({
    transform(data, controller) {
      const emit: Emit = (enhanced) => controller.enqueue(enhanced);
      try {
        channels ||= Math.min(MOST_CHANNELS, data.numberOfChannels);
        if (data.sampleRate !== enhancer?.rate) {
          checkRate(data.sampleRate, 'AudioData');
          enhancer?.finish(emit);
          enhancer = new AudioDataEnhancer(engines, data.sampleRate, channels);
        }
        enhancer.add(data, emit);
      } finally {
        data.close();
      }
    },
    flush(controller) {
      enhancer?.finish((enhanced) => controller.enqueue(enhanced));
    },
  });
}
