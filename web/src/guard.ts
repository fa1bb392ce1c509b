/** What a level of effort costs, in any unit: bytes of the model, or milliseconds of a frame. */
export interface GuardLevel {
  name: string;
  cost: number;
}

/** What a second of sound has cost; a part of StatsMessage. */
export interface GuardReading {
  /** Of one core. */
  cpuShare: number;
  longCalls: number;
  lateCalls: number;
  audioMs: number;
}

/** The name of the level below all others: the untouched sound. */
export const PASS_THROUGH = 'pass-through';

export interface GuardStep {
  action: 'down' | 'up' | 'pass-through';
  /** Names of levels. */
  from: string;
  to: string;
  /** In the second that decided. */
  cpuShare: number;
}

/** Trouble: more than this share of a core, or ... */
const TOO_MUCH = 0.75;
/** ... so many late or long calls in a second, if we have at least that share, so that less of us would help. */
const MANY_CALLS = 3;
const NOTABLE = 0.1;
/** Calm: no trouble, and the next level up would by its cost take less than this. */
const ENOUGH_ROOM = 0.5;
/** Each second of trouble heats by 2, each other one cools by 1: two in a row make a step, now and then one does not. */
const HEAT = 2;
const TOO_HOT = 4;
/** After a step nothing counts for so long: changing over has a cost of its own. */
const SETTLE_MS = 2000;
/** Calm before a step up; doubled, up to the longest, whenever the last step up did not hold for HELD_MS. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 320_000;
const HELD_MS = 60_000;

/**
 * Decides when a node has to do with less: a level down when it works too long or too late, in the end the untouched sound,
 * and up again after calm. Knows nothing of clocks or audio: time is that of the readings.
 */
export class Guard {
  private readonly levels: readonly GuardLevel[];
  private current: number;
  private heat = 0;
  private calmMs = 0;
  private waitMs = FIRST_WAIT_MS;
  private sinceStepMs = Infinity;
  private wentUp = false;

  /** `levels`: the most costly first, without the untouched sound. `at`: the name of the one to begin with. */
  constructor(levels: readonly GuardLevel[], at: string) {
    this.levels = levels;
    this.current = this.indexOf(at);
  }

  get level(): string {
    return this.nameOf(this.current);
  }

  /** The step that is due after this reading, or null. The guard takes it as done; see `correct`. */
  note(reading: GuardReading): GuardStep | null {
    this.sinceStepMs += reading.audioMs;
    if (this.sinceStepMs < SETTLE_MS) return null;
    if (this.wentUp && this.sinceStepMs >= HELD_MS) this.upHasHeld();
    const trouble = this.isTrouble(reading);
    this.heat = Math.max(0, this.heat + (trouble ? HEAT : -1));
    const calm = !trouble && this.roomAbove(reading.cpuShare);
    this.calmMs = calm ? this.calmMs + reading.audioMs : 0;
    if (this.heat >= TOO_HOT && this.current < this.levels.length) return this.stepDown(reading.cpuShare);
    if (this.calmMs >= this.waitMs && this.current > 0)
      return this.step(this.current - 1, 'up', reading.cpuShare);
    return null;
  }

  /** The level is another than the last step says: it could not be done. */
  correct(level: string): void {
    this.current = this.indexOf(level);
    this.sinceStepMs = 0;
  }

  private isTrouble({ cpuShare, longCalls, lateCalls }: GuardReading): boolean {
    return cpuShare > TOO_MUCH || (longCalls + lateCalls >= MANY_CALLS && cpuShare > NOTABLE);
  }

  private roomAbove(cpuShare: number): boolean {
    const [above, here] = [this.levels[this.current - 1], this.levels[this.current]];
    return above === undefined || here === undefined || cpuShare * (above.cost / here.cost) < ENOUGH_ROOM;
  }

  private stepDown(cpuShare: number): GuardStep {
    if (this.wentUp) this.waitMs = Math.min(LONGEST_WAIT_MS, 2 * this.waitMs);
    const last = this.current === this.levels.length - 1;
    return this.step(this.current + 1, last ? 'pass-through' : 'down', cpuShare);
  }

  private step(to: number, action: GuardStep['action'], cpuShare: number): GuardStep {
    const from = this.current;
    this.current = to;
    this.heat = 0;
    this.calmMs = 0;
    this.sinceStepMs = 0;
    this.wentUp = action === 'up';
    return { action, from: this.nameOf(from), to: this.nameOf(to), cpuShare };
  }

  private upHasHeld(): void {
    this.wentUp = false;
    this.waitMs = FIRST_WAIT_MS;
  }

  private nameOf(index: number): string {
    return index < this.levels.length ? this.levels[index].name : PASS_THROUGH;
  }

  private indexOf(name: string): number {
    const index = this.levels.findIndex((level) => level.name === name);
    return index < 0 ? this.levels.length : index;
  }
}
