import type { BlockEngine, EngineSettings } from './block_engine.ts';
import { writeConfig, type PercepNetConfig } from './config.ts';
import { CONFIG_FIELDS, FRAME_SIZE, LATENCY, SAMPLE_RATE } from './constants.ts';
import { PercepNetError } from './errors.ts';
import { FrameQueue, NO_WORK } from './frame_queue.ts';
import { emptyFrameInfo } from './wasm.ts';
import { DryLine } from './dry_line.ts';
import type { Slot } from './worker_slot.ts';
import { StandIn } from './worker_stand_in.ts';
import type { Transport } from './worker_transport.ts';

/** A worker that has not answered for so long counts as dead: 1 s. */
const DEAD_AFTER = SAMPLE_RATE;

/** `ms` in whole blocks of the longest kind, in samples: by how much the sound comes later than inline. */
export function transportDelay(ms: number, blockLengths: readonly number[]): number {
  const longest = Math.max(...blockLengths);
  return Math.ceil((ms * SAMPLE_RATE) / 1000 / longest) * longest;
}

export interface WorkerEngineSettings extends EngineSettings {
  /** Samples that a block may take to the worker and back: transportDelay. */
  transport: number;
  /** A block was due while its answer was not there. */
  onLate: () => void;
  /** The worker has worked for so many milliseconds. */
  onWork: (ms: number) => void;
  /** The worker has not answered for a second. The sound goes on, untouched, until it answers again. */
  onDead: () => void;
}

/**
 * Has the work done in a worker; the bits are those of the inline engine, `transport` samples later. Every block has a
 * position, so an answer that is late is dropped and delays nothing: in its place the untouched sound is heard, at the
 * same delay. Where even the way there is full, blocks are left out.
 */
export class WorkerEngine implements BlockEngine {
  private readonly transport: Transport;
  private readonly settings: WorkerEngineSettings;
  /** Knows the delay of the worker's framing. */
  private readonly framing: FrameQueue;
  private readonly longest: number;
  private readonly dry: DryLine;
  private readonly standIn: StandIn;
  private readonly info = emptyFrameInfo();
  private readonly config = new Float32Array(CONFIG_FIELDS.length);
  private configs = 0;
  private resets = 0;
  /** Of the next sample put in. Wraps around: only differences count. */
  private position = 0;
  /** Samples before the first one since the start, or the last reset, is due. */
  private silence: number;
  private unanswered = 0;

  constructor(transport: Transport, settings: WorkerEngineSettings) {
    const { channels, blockLengths } = settings;
    this.transport = transport;
    this.settings = settings;
    this.silence = settings.transport;
    writeConfig(this.config, 0, settings.config);
    this.framing = new FrameQueue(FRAME_SIZE, NO_WORK, settings.spread);
    for (const length of blockLengths) this.framing.expect(length);
    this.longest = Math.max(...blockLengths);
    const mostDelay = settings.transport + (1 + settings.spread) * FRAME_SIZE + LATENCY;
    this.dry = new DryLine(channels, mostDelay + this.longest);
    this.standIn = new StandIn(this.dry, channels);
  }

  get delay(): number {
    return this.framing.delay + this.settings.transport;
  }

  process(output: readonly Float32Array[], input: readonly Float32Array[]): void {
    if (output.length === 0) return;
    const length = output[0].length;
    if (length > this.longest)
      throw new PercepNetError(
        'processor',
        `a block of ${length} samples, more than ${this.longest}: make the node with execution: 'inline'`,
      );
    this.framing.expect(length);
    this.dry.write(this.position, input, length);
    this.send(input, output.length, length);
    this.watch(length);
    const inTime = this.collect(output, length);
    if (!inTime) this.settings.onLate();
    this.standIn.mix(output, this.position - this.delay - LATENCY, inTime);
    this.position = (this.position + length) | 0;
  }

  reset(): void {
    this.resets++;
    this.silence = this.settings.transport;
    this.dry.clear();
    this.standIn.reset();
  }

  setConfig(config: PercepNetConfig): void {
    writeConfig(this.config, 0, config);
    this.configs++;
  }

  close(): void {
    this.transport.close();
  }

  private send(input: readonly Float32Array[], outputs: number, length: number): void {
    const slot = this.transport.free();
    if (slot === null) return;
    slot.set('position', this.position);
    slot.set('length', length);
    slot.set('inputs', input.length);
    slot.set('outputs', outputs);
    slot.set('resets', this.resets);
    slot.set('configs', this.configs);
    slot.setConfig(this.config);
    for (let channel = 0; channel < input.length; channel++) slot.sound[channel].set(input[channel]);
    this.transport.send();
  }

  private watch(length: number): void {
    const before = this.unanswered;
    this.unanswered = this.transport.answer() === null ? before + length : 0;
    if (before < DEAD_AFTER && this.unanswered >= DEAD_AFTER) this.settings.onDead();
  }

  /** Fills `output` with the enhanced sound that is due; tells whether all of it was there. */
  private collect(output: readonly Float32Array[], length: number): boolean {
    const silent = Math.min(this.silence, length);
    this.silence -= silent;
    for (let channel = 0; channel < output.length; channel++) output[channel].fill(0, 0, silent);
    for (let at = silent; at < length;) {
      const due = (this.position - this.settings.transport + at) | 0;
      const slot = this.answerFor(due);
      if (slot === null) return false;
      const from = (due - slot.get('position')) | 0;
      const count = Math.min(length - at, slot.get('length') - from);
      copyChannels(output, at, slot, from, count);
      at += count;
    }
    return true;
  }

  /** The answer that holds the sample `due`, or null. Older ones are given back. */
  private answerFor(due: number): Slot | null {
    for (let slot = this.transport.answer(); slot !== null; slot = this.transport.answer()) {
      const from = (due - slot.get('position')) | 0;
      if (from < slot.get('length')) return from < 0 ? null : slot;
      this.finish(slot);
    }
    return null;
  }

  private finish(slot: Slot): void {
    for (let frame = 0; frame < slot.get('frames'); frame++) {
      const stream = slot.readFrame(frame, this.info);
      this.settings.onFrame(stream, this.info);
    }
    this.settings.onWork(slot.get('spent') / 1000);
    this.transport.release();
  }
}

/** The number of channels may have changed while the block was away: mono goes to all, and becomes of two their mean. */
function copyChannels(
  output: readonly Float32Array[],
  at: number,
  slot: Slot,
  from: number,
  count: number,
): void {
  const there = slot.get('outputs');
  const toMono = output.length === 1 && there > 1;
  for (let channel = 0; channel < output.length; channel++) {
    const source = slot.sound[Math.min(channel, there - 1)];
    for (let i = 0; i < count; i++)
      output[channel][at + i] = toMono
        ? 0.5 * (source[from + i] + slot.sound[1][from + i])
        : source[from + i];
  }
}
