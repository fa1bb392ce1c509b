import { readConfig, type PercepNetConfig } from './config.ts';
import { CONFIG_FIELDS, FRAME_INFO_FIELDS, FRAME_SIZE } from './constants.ts';
import type { FrameInfo } from './wasm.ts';

/** What a block, on its way to a worker and back, has room for. */
export interface SlotShape {
  channels: number;
  /** The longest block, in samples. */
  length: number;
}

/** Whole numbers at the slot's start. */
const HEADER = [
  'position', // of the block's first sample, counted from the engine's start; wraps around
  'length',
  'inputs',
  'outputs',
  'resets', // so often has the engine been reset before this block
  'configs', // so often has it been configured
  'spent', // microseconds that the worker took
  'frames', // so many FrameInfos follow
] as const;
type HeaderField = (typeof HEADER)[number];

const CONFIG_AT = HEADER.length;
const INFOS_AT = CONFIG_AT + CONFIG_FIELDS.length;
const INFO_SIZE = 1 + FRAME_INFO_FIELDS.length; // the stream's number first

function mostFrames({ channels, length }: SlotShape): number {
  return channels * (1 + Math.ceil(length / FRAME_SIZE));
}

function soundAt(shape: SlotShape): number {
  return INFOS_AT + INFO_SIZE * mostFrames(shape);
}

/** A slot's bytes, a multiple of 4. */
export function slotSize(shape: SlotShape): number {
  return 4 * (soundAt(shape) + shape.channels * shape.length);
}

/**
 * One block in a buffer that two threads hand back and forth; only one of them uses it at a time:
 *
 *   |header|config|frame infos|channel 0|channel 1|...
 *
 * The channels hold the input on the way there and the output, in its place, on the way back.
 */
export class Slot {
  readonly buffer: ArrayBufferLike;
  /** One per channel, as long as the longest block. */
  readonly sound: readonly Float32Array[];
  private readonly words: Int32Array;
  private readonly floats: Float32Array;

  constructor(shape: SlotShape, buffer: ArrayBufferLike, offset = 0) {
    const count = slotSize(shape) / 4;
    this.buffer = buffer;
    this.words = new Int32Array(buffer, offset, count);
    this.floats = new Float32Array(buffer, offset, count);
    const start = soundAt(shape);
    this.sound = Array.from({ length: shape.channels }, (_, channel) =>
      this.floats.subarray(start + channel * shape.length, start + (channel + 1) * shape.length),
    );
  }

  get(field: HeaderField): number {
    return this.words[INDEX[field]];
  }

  set(field: HeaderField, value: number): void {
    this.words[INDEX[field]] = value;
  }

  /** `values`: as writeConfig writes them. */
  setConfig(values: ArrayLike<number>): void {
    for (let i = 0; i < CONFIG_FIELDS.length; i++) this.floats[CONFIG_AT + i] = values[i];
  }

  config(): PercepNetConfig {
    return readConfig(this.floats.subarray(CONFIG_AT, INFOS_AT));
  }

  addFrame(stream: number, info: FrameInfo): void {
    const at = INFOS_AT + INFO_SIZE * this.get('frames');
    this.set('frames', this.get('frames') + 1);
    this.floats[at] = stream;
    this.floats[at + 1] = info.voice;
    this.floats[at + 2] = info.snrDb;
    this.floats[at + 3] = info.period;
    this.floats[at + 4] = info.pitchCorrelation;
    this.floats[at + 5] = info.repaired;
  }

  /** Fills `info` and gives the stream's number. */
  readFrame(frame: number, info: FrameInfo): number {
    const at = INFOS_AT + INFO_SIZE * frame;
    info.voice = this.floats[at + 1];
    info.snrDb = this.floats[at + 2];
    info.period = this.floats[at + 3];
    info.pitchCorrelation = this.floats[at + 4];
    info.repaired = this.floats[at + 5];
    return this.floats[at];
  }
}

const INDEX = Object.fromEntries(HEADER.map((field, index) => [field, index])) as Record<HeaderField, number>;
