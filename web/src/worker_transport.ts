import type { WorkerLink } from './worker_protocol.ts';
import { Slot, slotSize, type SlotShape } from './worker_slot.ts';

/** The audio thread's end of the way to a worker. Answers come in the order in which blocks were sent. */
export interface Transport {
  /** A slot to fill and send, or null: all are on their way. */
  free(): Slot | null;
  /** Sends the slot that `free` gave. */
  send(): void;
  /** The oldest answer, or null. */
  answer(): Slot | null;
  /** Gives the slot of the oldest answer back. */
  release(): void;
  /** Lets the worker end. */
  close(): void;
}

/** What the worker does with a block: input to output, in place. */
export type Serve = (slot: Slot) => void;

const WRITTEN = 0;
const ANSWERED = 1;
const CLOSED = 2;
const CONTROL_BYTES = 64;

/** Bytes of the shared memory for `count` slots; `count` is a power of two. */
export function sharedSize(shape: SlotShape, count: number): number {
  return CONTROL_BYTES + count * slotSize(shape);
}

function sharedSlots(memory: SharedArrayBuffer, shape: SlotShape): Slot[] {
  const size = slotSize(shape);
  const count = (memory.byteLength - CONTROL_BYTES) / size;
  return Array.from({ length: count }, (_, index) => new Slot(shape, memory, CONTROL_BYTES + index * size));
}

/**
 * A ring of slots in shared memory; neither end allocates anything. Two counters, which wrap around, say how many blocks
 * were written and how many are answered:
 *
 *   |free|answered: released..ANSWERED|with the worker: ANSWERED..WRITTEN|free|
 */
export class SharedTransport implements Transport {
  private readonly control: Int32Array;
  private readonly slots: readonly Slot[];
  private written = 0;
  private released = 0;

  constructor(memory: SharedArrayBuffer, shape: SlotShape) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.slots = sharedSlots(memory, shape);
  }

  free(): Slot | null {
    return ((this.written - this.released) | 0) < this.slots.length ? this.slot(this.written) : null;
  }

  send(): void {
    this.written = (this.written + 1) | 0;
    Atomics.store(this.control, WRITTEN, this.written);
    Atomics.notify(this.control, WRITTEN);
  }

  answer(): Slot | null {
    return this.released === Atomics.load(this.control, ANSWERED) ? null : this.slot(this.released);
  }

  release(): void {
    this.released = (this.released + 1) | 0;
  }

  close(): void {
    closeShared(this.control.buffer);
  }

  private slot(index: number): Slot {
    return this.slots[index & (this.slots.length - 1)];
  }
}

/** Lets the worker's end return, from any thread: a browser would take seconds to end a worker that sleeps. */
export function closeShared(memory: ArrayBufferLike): void {
  const control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
  Atomics.store(control, CLOSED, 1);
  Atomics.add(control, WRITTEN, 1); // so that it does not fall asleep just now
  Atomics.notify(control, WRITTEN);
}

/** The worker's end: sleeps until there are blocks; returns when the way is closed. */
export function serveShared(memory: SharedArrayBuffer, shape: SlotShape, serve: Serve): void {
  const control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
  const slots = sharedSlots(memory, shape);
  for (let answered = 0; ;) {
    Atomics.wait(control, WRITTEN, answered);
    if (Atomics.load(control, CLOSED) === 1) return;
    while (answered !== Atomics.load(control, WRITTEN)) {
      serve(slots[answered & (slots.length - 1)]);
      answered = (answered + 1) | 0;
      Atomics.store(control, ANSWERED, answered);
    }
  }
}

/**
 * Slots in buffers of their own, transferred to and fro: for pages without shared memory. `free`, `send`, `answer` and
 * `release` make no objects of their own; the engine makes an ArrayBuffer, an event and the slot's views for each answer
 * that arrives, outside `process`.
 */
export class PortTransport implements Transport {
  private readonly port: MessagePort;
  /** The first `pooled` of them are free. */
  private readonly pool: Slot[];
  private pooled: number;
  /** A ring of answers. */
  private readonly answers: Slot[];
  private arrived = 0;
  private released = 0;
  private readonly transfer: Transferable[] = [];

  constructor(port: MessagePort, shape: SlotShape, count: number) {
    this.port = port;
    this.pool = Array.from({ length: count }, () => new Slot(shape, new ArrayBuffer(slotSize(shape))));
    this.pooled = count;
    this.answers = [...this.pool];
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.answers[this.arrived++ % count] = new Slot(shape, data);
    };
  }

  free(): Slot | null {
    return this.pooled > 0 ? this.pool[this.pooled - 1] : null;
  }

  send(): void {
    const buffer = this.pool[--this.pooled].buffer as ArrayBuffer;
    this.transfer[0] = buffer;
    this.port.postMessage(buffer, this.transfer);
  }

  answer(): Slot | null {
    return this.arrived > this.released ? this.answers[this.released % this.answers.length] : null;
  }

  release(): void {
    this.pool[this.pooled++] = this.answers[this.released++ % this.answers.length];
  }

  close(): void {
    this.port.postMessage(null);
    this.port.close();
  }
}

/** The worker's end: answers every message; calls `closed` when the other end is closed. */
export function servePort(port: MessagePort, shape: SlotShape, serve: Serve, closed: () => void): void {
  port.onmessage = ({ data }: MessageEvent<ArrayBuffer | null>) => {
    if (data === null) return closed();
    serve(new Slot(shape, data));
    port.postMessage(data, [data]);
  };
}

/** The audio thread's end of a link. */
export function transportTo(link: WorkerLink, shape: SlotShape): Transport {
  return 'port' in link
    ? new PortTransport(link.port, shape, link.slots)
    : new SharedTransport(link.memory, shape);
}
