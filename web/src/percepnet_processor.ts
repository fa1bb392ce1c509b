import type { BlockEngine, EngineSettings } from './block_engine.ts';
import type { PercepNetConfig } from './config.ts';
import { SAMPLE_RATE } from './constants.ts';
import { blockLengths, latencyOf } from './context_rate.ts';
import { EngineSwitch } from './engine_switch.ts';
import { PercepNetError, type PercepNetErrorCode } from './errors.ts';
import { InlineEngine } from './inline_engine.ts';
import { ResampledEngine } from './resampled_engine.ts';
import { ResamplerPool } from './resampler_pool.ts';
import { WorkerEngine } from './worker_engine.ts';
import type { WorkerSource } from './worker_host.ts';
import { transportTo } from './worker_transport.ts';
import { PARAMETERS, valueOf, type ParameterValues } from './live_parameters.ts';
import type { EngineSource, FromProcessor, InlineSource, ProcessorOptions, ToProcessor } from './protocol.ts';
import { Reporter } from './reporter.ts';
import { SharedModels, type Preparation } from './shared_models.ts';

/** Of all nodes in this context. */
const models = new SharedModels();
const resamplers = new ResamplerPool(sampleRate);

/** An engine whose model is prepared in parts. */
interface Coming {
  id: number;
  source: InlineSource;
  preparation: Preparation;
}

/** The audio thread's side. Whatever fails here, once or for good, the sound goes on, untouched, at the same delay. */
class PercepNetProcessor extends AudioWorkletProcessor {
  private readonly shape: Pick<ProcessorOptions, 'quantum' | 'spread' | 'channels'>;
  private readonly reporter: Reporter;
  private readonly engines: EngineSwitch;
  private readonly config: PercepNetConfig;
  /** Sound must come in time: nothing may hold the thread for long. */
  private readonly live: boolean;
  private coming: Coming | null = null;
  private alive = true;

  static get parameterDescriptors(): typeof PARAMETERS {
    return PARAMETERS;
  }

  constructor({ processorOptions }: AudioWorkletNodeOptions) {
    super();
    const options = processorOptions as ProcessorOptions;
    const { config, engine, quantum, spread, channels, live, transport } = options;
    this.shape = { quantum, spread, channels }; // without `engine`, which may hold a model's file
    this.config = config;
    this.live = live;
    this.reporter = new Reporter({ post: (message) => this.post(message), rate: sampleRate, live });
    this.engines = new EngineSwitch({
      rate: sampleRate,
      channels,
      latency: latencyOf(sampleRate, quantum, spread, transport),
      onFailure: (error) => this.tell(error),
    });
    this.port.onmessage = ({ data }: MessageEvent<ToProcessor>) => this.obey(data);
    this.port.onmessageerror = () => this.post({ type: 'unreadable' });
    if (engine !== null) this.take(0, engine);
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: ParameterValues): boolean {
    if (!this.alive) return false;
    const output = outputs[0];
    if (output.length === 0) return true;
    this.reporter.start(currentTime);
    this.follow(valueOf(parameters, 'maxAttenuationDb'), valueOf(parameters, 'postfilter'));
    this.engines.process(output, inputs[0]);
    this.reporter.end(this.engines.latency, output[0].length);
    return true;
  }

  private obey(message: ToProcessor): void {
    if (message.type === 'engine') this.take(message.id, message.engine);
    else if (message.type === 'continue') this.continue(message.id);
    else if (message.type === 'drop') this.drop(message.id);
    else if (message.type === 'bypass') this.switchBypass(message.bypass);
    else if (message.type === 'reset') this.attempt(this.resetEngines);
    else if (message.type === 'resumed') this.reporter.resumed();
    else if (message.type === 'listen') this.reporter.listen();
    else {
      this.alive = false;
      this.dropComing();
      this.engines.close();
      this.port.close();
    }
  }

  /** Takes the place of an engine that is still coming. */
  private take(id: number, engine: EngineSource | null): void {
    this.dropComing();
    this.orRefuse(id, () => {
      if (engine !== null && isMissing(engine)) this.post({ type: 'missing', id });
      else if (engine === null || 'link' in engine || !this.live) this.put(id, engine);
      else this.prepare(id, engine);
    });
  }

  private put(id: number, engine: EngineSource | null): void {
    this.engines.replace(engine === null ? null : this.make(engine));
    this.post({ type: 'ready', id });
  }

  private prepare(id: number, engine: InlineSource): void {
    const preparation = models.prepare(engine);
    this.coming = { id, source: { ...engine, files: null }, preparation };
    this.putIfWhole(this.coming);
  }

  /** A part of the work on the engine. Not one that has been dropped meanwhile. */
  private continue(id: number): void {
    const { coming } = this;
    if (coming?.id !== id) return;
    this.orRefuse(id, () => {
      if (isMissing(coming.source)) return this.post({ type: 'missing', id }); // it has failed for another node
      coming.preparation.model.advance();
      this.putIfWhole(coming);
    });
  }

  private putIfWhole({ id, source, preparation }: Coming): void {
    if (!preparation.model.isWhole) return this.post({ type: 'part', id });
    this.put(id, source);
    this.dropComing();
  }

  private drop(id: number): void {
    if (this.coming?.id === id) this.dropComing();
  }

  private dropComing(): void {
    this.coming?.preparation.done();
    this.coming = null;
  }

  private orRefuse(id: number, attempt: () => void): void {
    try {
      attempt();
    } catch (error) {
      this.drop(id);
      this.post({ type: 'refused', id, ...described(error) });
    }
  }

  private make(source: EngineSource): BlockEngine {
    const { quantum, spread, channels } = this.shape;
    const settings: EngineSettings = {
      config: this.config,
      spread,
      channels,
      blockLengths: blockLengths(sampleRate, quantum),
      onFrame: (stream, info) => this.reporter.frame(stream, info),
    };
    const engine =
      'link' in source
        ? this.makeWorkerEngine(source, settings)
        : models.use(source, (model, done) => new InlineEngine(model, settings, done));
    if (sampleRate === SAMPLE_RATE) return engine;
    try {
      const file = 'link' in source ? source.module : source.files?.module;
      const module = models.module(source.moduleId, file);
      return new ResampledEngine(engine, module, sampleRate, quantum, channels, resamplers);
    } catch (error) {
      engine.close();
      throw error;
    }
  }

  private makeWorkerEngine({ link, shape, transport }: WorkerSource, settings: EngineSettings): BlockEngine {
    return new WorkerEngine(transportTo(link, shape), {
      ...settings,
      transport,
      onLate: () => this.reporter.answerLate(),
      onWork: (ms) => this.reporter.worked(ms),
      onDead: () => this.tell(workerSilent()),
    });
  }

  /** The parameters' values in this render quantum. */
  private follow(maxAttenuationDb: number, postfilter: number): void {
    const { config } = this;
    if (config.maxAttenuationDb === maxAttenuationDb && config.postfilter === postfilter) return;
    config.maxAttenuationDb = maxAttenuationDb;
    config.postfilter = postfilter;
    this.attempt(this.configureEngines);
  }

  private switchBypass(bypass: boolean): void {
    this.config.bypass = bypass;
    this.attempt(this.configureEngines);
  }

  private attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.tell(error);
    }
  }

  private readonly resetEngines = (): void => this.engines.reset();
  private readonly configureEngines = (): void => this.engines.forEach(this.setConfig);
  private readonly setConfig = (engine: BlockEngine): void => engine.setConfig(this.config);

  private tell(error: unknown): void {
    this.post({ type: 'error', ...described(error) });
  }

  private post(message: FromProcessor): void {
    this.port.postMessage(message);
  }
}

function isMissing(source: EngineSource): boolean {
  return !('link' in source) && source.files === null && !models.has(source);
}

function workerSilent(): PercepNetError {
  return new PercepNetError(
    'worker',
    "the worker has not answered for a second; give the node its assets again, or make one with execution: 'inline'",
  );
}

function described(error: unknown): { code: PercepNetErrorCode; message: string } {
  const known = error instanceof PercepNetError;
  const reason = known ? error.message : `${String(error)}; set the assets again`;
  return {
    code: known ? error.code : 'processor',
    message: `the audio thread lets the sound pass untouched: ${reason}`,
  };
}

try {
  registerProcessor(PERCEPNET_PROCESSOR, PercepNetProcessor);
} catch (error) {
  // The same build is here already, from another address: its processor will do.
  if ((error as Error).name !== 'NotSupportedError') throw error;
}
