import { PercepNetError } from './errors.ts';
import { compiled, type ModuleFile } from './module_file.ts';
import type { InlineSource } from './protocol.ts';
import { WasmModel } from './wasm_model.ts';

interface SharedModel {
  moduleId: string;
  /** More than one if the same file came from several pages, or was loaded again. */
  modelIds: Set<string>;
  model: WasmModel;
  users: number;
}

/**
 * The models of a thread: whoever brings, or names, the same module and the same model file gets the same instance, and
 * so one copy of the weights. One that nobody uses any more is kept until another is wanted: the next node finds it there.
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

  /** Whether `use` can do without the files. */
  has(source: InlineSource): boolean {
    return this.named(source) !== undefined;
  }

  /**
   * What `make` makes with the model; it calls `done` when it needs it no longer. Throws what `make` throws, and
   * PercepNetError 'bad-module', 'bad-model' or 'unsupported'.
   */
  use<T>(source: InlineSource, make: (model: WasmModel, done: () => void) => T): T {
    const shared = this.named(source) ?? this.add(source.moduleId, source.files!);
    shared.modelIds.add(source.modelId);
    shared.users++;
    const done = (): void => void shared.users--;
    try {
      return make(shared.model, done);
    } catch (error) {
      if (!(error instanceof PercepNetError)) shared.model.failed = true; // it has trapped
      done();
      throw error;
    }
  }

  private named({ moduleId, modelId }: InlineSource): SharedModel | undefined {
    return this.models.find(
      (shared) => shared.moduleId === moduleId && !shared.model.failed && shared.modelIds.has(modelId),
    );
  }

  private add(moduleId: string, { module, model: file }: NonNullable<InlineSource['files']>): SharedModel {
    this.models = this.models.filter(({ model }) => !model.failed);
    const equal = this.models.find((shared) => shared.moduleId === moduleId && shared.model.isOf(file));
    if (equal !== undefined) return equal;
    this.models = this.models.filter(({ users }) => users > 0);
    const model = new WasmModel(this.module(moduleId, module), file);
    const shared = { moduleId, modelIds: new Set<string>(), model, users: 0 };
    this.models.push(shared);
    return shared;
  }
}
