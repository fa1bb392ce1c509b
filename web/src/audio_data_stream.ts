import { DEFAULT_CONFIG, mergeConfig, type PercepNetOptions } from './config.ts';
import { FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { PercepNetError } from './errors.ts';
import type { PercepNetAssets } from './load.ts';
import { PercepNetWasm } from './wasm.ts';
import { WasmModel } from './wasm_model.ts';

const MICROSECONDS = 1e6 / SAMPLE_RATE;
const MOST_CHANNELS = 2;
/** The sound that a frame's output holds is so many frames older. */
const FRAMES_LATE = LATENCY / FRAME_SIZE;

type Emit = (data: AudioData) => void;

/** Cuts AudioData of any length into frames, enhances them, and gives each the time of the sound that it holds. */
class AudioDataEnhancer {
  private readonly wasm: PercepNetWasm;
  private readonly frames = Array.from({ length: MOST_CHANNELS }, () => new Float32Array(FRAME_SIZE));
  private filled = 0;
  /** 0 until the first data has come: its number of channels holds for good. */
  private channels = 0;
  /** Of the frames whose sound has not come out yet. */
  private readonly timestamps: number[] = [];
  /** Frames of output that come before the first sound. */
  private early = FRAMES_LATE;

  constructor(assets: Pick<PercepNetAssets, 'module' | 'model'>, options: PercepNetOptions) {
    const config = mergeConfig(DEFAULT_CONFIG, options);
    this.wasm = new PercepNetWasm(new WasmModel(assets.module, assets.model), config, MOST_CHANNELS);
  }

  add(data: AudioData, emit: Emit): void {
    if (data.sampleRate !== SAMPLE_RATE)
      throw new PercepNetError(
        'sample-rate',
        `AudioData at ${data.sampleRate} Hz: PercepNet takes ${SAMPLE_RATE} Hz; ask getUserMedia for that sampleRate`,
      );
    this.channels ||= Math.min(MOST_CHANNELS, data.numberOfChannels);
    const planes = this.planesOf(data);
    for (let at = 0; at < data.numberOfFrames;) {
      if (this.filled === 0) this.timestamps.push(data.timestamp + at * MICROSECONDS);
      const count = Math.min(FRAME_SIZE - this.filled, data.numberOfFrames - at);
      planes.forEach((plane, channel) =>
        this.frames[channel].set(plane.subarray(at, at + count), this.filled),
      );
      this.filled += count;
      at += count;
      if (this.filled === FRAME_SIZE) this.enhance(emit);
    }
  }

  /** What is still inside. */
  finish(emit: Emit): void {
    const rest = this.filled;
    while (this.timestamps.length > 0) {
      const last = this.timestamps.length === 1 && rest > 0;
      for (const frame of this.frames) frame.fill(0, this.filled);
      this.enhance(emit, last ? rest : FRAME_SIZE);
    }
  }

  private planesOf(data: AudioData): Float32Array[] {
    return Array.from({ length: this.channels }, (_, channel) => {
      const plane = new Float32Array(data.numberOfFrames);
      data.copyTo(plane, { planeIndex: Math.min(channel, data.numberOfChannels - 1), format: 'f32-planar' });
      return plane;
    });
  }

  private enhance(emit: Emit, length = FRAME_SIZE): void {
    const sound = new Float32Array(this.channels * length);
    for (let channel = 0; channel < this.channels; channel++) {
      this.wasm.input.set(this.frames[channel]);
      this.wasm.processFrame(channel);
      sound.set(this.wasm.output.subarray(0, length), channel * length);
    }
    this.filled = 0;
    if (this.early > 0) this.early--;
    else emit(audioData(sound, this.channels, length, this.timestamps.shift()!));
  }
}

function audioData(
  data: Float32Array<ArrayBuffer>,
  numberOfChannels: number,
  numberOfFrames: number,
  timestamp: number,
): AudioData {
  return new AudioData({
    format: 'f32-planar',
    sampleRate: SAMPLE_RATE,
    numberOfChannels,
    numberOfFrames,
    timestamp,
    data,
  });
}

/**
 * Enhances the AudioData of WebCodecs, at 48 kHz and of any length: between a MediaStreamTrackProcessor or an AudioDecoder
 * and whatever writes. What comes out are frames of 10 ms, 30 ms later, with the timestamps of the sound that they hold;
 * the last is shorter. Up to two channels, each on its own; the first data decides how many. Takes and closes what it reads.
 *
 * Throws PercepNetError 'unsupported' without WebCodecs, 'bad-arg' or 'bad-model'; the stream fails with 'sample-rate'.
 */
export function enhanceAudioData(
  assets: Pick<PercepNetAssets, 'module' | 'model'>,
  options: PercepNetOptions = {},
): TransformStream<AudioData, AudioData> {
  if (typeof AudioData !== 'function')
    throw new PercepNetError('unsupported', 'no AudioData of WebCodecs here: use PercepNetNode or Enhancer');
  const enhancer = new AudioDataEnhancer(assets, options);
  return new TransformStream({
    transform(data, controller) {
      try {
        enhancer.add(data, (enhanced) => controller.enqueue(enhanced));
      } finally {
        data.close();
      }
    },
    flush(controller) {
      enhancer.finish((enhanced) => controller.enqueue(enhanced));
    },
  });
}
