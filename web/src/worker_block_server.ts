import type { BlockEngine, OnFrame } from './block_engine.ts';
import type { Slot, SlotShape } from './worker_slot.ts';
import type { Serve } from './worker_transport.ts';

/** The worker's work: gives each block to an engine, with the resets and options that came with it. */
export class BlockServer {
  private readonly engine: BlockEngine;
  private readonly now: () => number;
  private readonly input: Float32Array[];
  private slot: Slot | null = null;
  private resets = 0;
  private configs = -1; // what the first block brings is newer than what the engine was made with

  /** `makeEngine` is given what its engine must tell frames to. `now`: milliseconds. */
  constructor(
    makeEngine: (onFrame: OnFrame) => BlockEngine,
    shape: SlotShape,
    now: () => number = () => performance.now(),
  ) {
    this.engine = makeEngine((stream, info) => this.slot?.addFrame(stream, info));
    this.now = now;
    this.input = Array.from({ length: shape.channels }, () => new Float32Array(shape.length));
  }

  readonly serve: Serve = (slot) => {
    const start = this.now();
    this.slot = slot;
    slot.set('frames', 0);
    this.follow(slot);
    this.enhance(slot);
    slot.set('spent', Math.round(1000 * (this.now() - start)));
  };

  /** Takes over what has changed since the last block. */
  private follow(slot: Slot): void {
    if (slot.get('resets') !== this.resets) {
      this.resets = slot.get('resets');
      this.engine.reset();
    }
    if (slot.get('configs') === this.configs) return;
    this.configs = slot.get('configs');
    this.engine.setConfig(slot.config());
  }

  private enhance(slot: Slot): void {
    const length = slot.get('length');
    const views = (channels: readonly Float32Array[], count: number): Float32Array[] =>
      channels.slice(0, count).map((channel) => channel.subarray(0, length));
    const input = views(this.input, slot.get('inputs'));
    input.forEach((samples, channel) => samples.set(slot.sound[channel].subarray(0, length)));
    this.engine.process(views(slot.sound, slot.get('outputs')), input);
  }
}
