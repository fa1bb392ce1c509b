import { PercepNetError } from './errors.ts';
import { compiled, type ModuleFile } from './module_file.ts';
import type { InlineSource } from './protocol.ts';
import { WasmModel } from './wasm_model.ts';

interface SharedModel {
  moduleId: string;
  modelId: string;
  model: WasmModel;
  users: number;
}

/** Somebody's part in a model that may not be whole yet. */
export interface Preparation {
  model: WasmModel;
  /** It is no longer needed here. */
  done: () => void;
}

/**
 * The models of a thread: whoever brings, or names, the same module and the same model file gets the same instance, and
 * so one copy of the weights. One that nobody uses any more is kept until another is wanted: the next node finds it there.
 * One that is still being prepared is shared too: whoever prepares it does a part of the same work.
 */
export class SharedModels {
  private readonly modules = new Map<string, WebAssembly.Module>();
  private models: SharedModel[] = [];

  /**
   * The module of this name, compiled once; kept until another comes, or as long as there are models of it: then `file`
   * may be missing.
   */
  module(moduleId: string, file: ModuleFile | undefined): WebAssembly.Module {
    const known = this.modules.get(moduleId);
    if (known !== undefined) return known;
    const module = compiled(file!);
    for (const id of this.modules.keys())
      if (!this.models.some((shared) => shared.moduleId === id)) this.modules.delete(id);
    this.modules.set(moduleId, module);
    return module;
  }

  /** Whether `use` and `prepare` can do without the files. */
  has(source: InlineSource): boolean {
    return this.named(source) !== undefined;
  }

  /**
   * The model, whole or not, which stays at least until `done` is called. Throws PercepNetError 'bad-module' or
   * 'unsupported'.
   */
  prepare(source: InlineSource): Preparation {
    const shared = this.named(source) ?? this.add(source);
    shared.users++;
    return { model: shared.model, done: () => void shared.users-- };
  }

  /**
   * What `make` makes with the model, whole; it calls `done` when it needs it no longer. Throws what `make` throws, and
   * PercepNetError 'bad-module', 'bad-model' or 'unsupported'.
   */
  use<T>(source: InlineSource, make: (model: WasmModel, done: () => void) => T): T {
    const { model, done } = this.prepare(source);
    try {
      model.complete();
      return make(model, done);
    } catch (error) {
      if (!(error instanceof PercepNetError)) model.failed = true; // it has trapped
      done();
      throw error;
    }
  }

  private named({ moduleId, modelId }: InlineSource): SharedModel | undefined {
    return this.models.find(
      (shared) => shared.moduleId === moduleId && shared.modelId === modelId && !shared.model.failed,
    );
  }

  private add({ moduleId, modelId, files }: InlineSource): SharedModel {
    this.models = this.models.filter(({ users, model }) => users > 0 && !model.failed);
    const model = new WasmModel(this.module(moduleId, files!.module), files!.model);
    const shared = { moduleId, modelId, model, users: 0 };
    this.models.push(shared);
    return shared;
  }
}
