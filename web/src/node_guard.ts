import { Guard, PASS_THROUGH, type GuardReading, type GuardStep } from './guard.ts';
import { familyOf, type PercepNetAssets } from './load.ts';

/** Dispatched when the guard has taken a step; see GuardStep. `from` and `to` are names of models, or 'pass-through'. */
export type OverloadEvent = Event & GuardStep;

export interface NodeGuardSettings {
  /** Brings assets, or the untouched sound, to the node's audio thread, without a gap. */
  put: (assets: PercepNetAssets | null) => Promise<void>;
  /** A step has been taken. */
  onStep: (step: GuardStep) => void;
}

/** What the node works with as long as all is calm, and who decides when it is not. */
interface Watch {
  assets: PercepNetAssets;
  guard: Guard;
}

/** Takes the steps of a Guard: smaller models of the same build, loaded when they are needed, and the untouched sound. */
export class NodeGuard {
  private readonly settings: NodeGuardSettings;
  private watched: Watch | null = null;
  private coming: unknown = null;
  private busy = false;

  constructor(settings: NodeGuardSettings) {
    this.settings = settings;
  }

  /** From now on these are the assets to step down from. null: nothing to watch. */
  watch(coming: PercepNetAssets | PromiseLike<PercepNetAssets> | null): void {
    this.coming = coming;
    this.watched = null;
    Promise.resolve(coming).then(
      (assets) => {
        if (coming === this.coming && assets !== null) this.watched = { assets, guard: guardFor(assets) };
      },
      () => {}, // the node tells
    );
  }

  note(reading: GuardReading): void {
    if (this.watched === null || this.busy) return;
    const step = this.watched.guard.note(reading);
    if (step !== null) void this.take(step, this.watched);
  }

  private async take(step: GuardStep, watched: Watch): Promise<void> {
    this.busy = true;
    try {
      const assets = await load(step.to, watched.assets);
      if (watched === this.watched) await this.settings.put(assets);
      if (watched === this.watched) this.settings.onStep(step);
    } catch {
      if (watched === this.watched) await this.doWithout(step, watched.guard);
    }
    this.busy = false;
  }

  /** The step could not be taken. */
  private async doWithout(step: GuardStep, guard: Guard): Promise<void> {
    if (step.action === 'up') return guard.correct(step.from);
    guard.correct(PASS_THROUGH);
    await this.settings.put(null).catch(() => {});
    this.settings.onStep({ ...step, action: 'pass-through', to: PASS_THROUGH });
  }
}

function guardFor(assets: PercepNetAssets): Guard {
  const own = { name: assets.modelName, cost: assets.model.byteLength };
  const smaller = (familyOf(assets)?.models ?? [])
    .map(({ name, bytes }) => ({ name, cost: bytes }))
    .filter(({ cost }) => cost < own.cost)
    .sort((a, b) => b.cost - a.cost);
  return new Guard([own, ...smaller], own.name);
}

async function load(name: string, from: PercepNetAssets): Promise<PercepNetAssets | null> {
  if (name === PASS_THROUGH) return null;
  return name === from.modelName ? from : familyOf(from)!.load(name);
}
