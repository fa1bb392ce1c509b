import { Enhancer } from './enhancer.ts';
import { PercepNetError } from './errors.ts';
import { InlineEngine } from './inline_engine.ts';
import { compiled } from './module_file.ts';
import { BlockServer } from './worker_block_server.ts';
import type { EnhanceJob, FromWorker, ServeJob, TimeJob, WorkerJob } from './worker_protocol.ts';
import { WasmModel } from './wasm_model.ts';
import { timeFrames } from './worker_timing.ts';
import { servePort, serveShared, type Serve } from './worker_transport.ts';

/** The parts of a dedicated worker's global scope that are used here. */
const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<WorkerJob>) => void;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  close(): void;
};

function serve(job: ServeJob): void {
  const { config, spread, blockLengths, shape, link, model } = job;
  const settings = { config, spread, blockLengths, channels: shape.channels };
  const module = compiled(job.module);
  const server = new BlockServer(
    (onFrame) => new InlineEngine(WasmModel.whole(module, model), { ...settings, onFrame }),
    shape,
  );
  scope.postMessage({ type: 'ready' });
  if ('port' in link) servePort(link.port, shape, endingWithFailure(server.serve), end);
  else {
    serveShared(link.memory, shape, server.serve);
    end();
  }
}

function end(): void {
  scope.postMessage({ type: 'ended' });
  scope.close();
}

/** A handler of messages would be called again after a failure. */
function endingWithFailure(serveSlot: Serve): Serve {
  return (slot) => {
    try {
      serveSlot(slot);
    } catch (error) {
      scope.close();
      throw error;
    }
  };
}

function enhance({ module, model, options, samples }: EnhanceJob): void {
  const enhancer = new Enhancer({ module: compiled(module), model }, options);
  const enhanced = enhancer.enhance(samples, (done) => scope.postMessage({ type: 'progress', done }));
  scope.postMessage({ type: 'enhanced', samples: enhanced }, [enhanced.buffer]);
}

function time({ module, widths, budgetMs }: TimeJob): void {
  scope.postMessage({ type: 'times', times: timeFrames(compiled(module), widths, budgetMs) });
}

/** A thread of its own for one job; see worker_protocol.ts. */
scope.onmessage = ({ data: job }) => {
  try {
    if (job.type === 'serve') serve(job);
    else if (job.type === 'enhance') enhance(job);
    else time(job);
  } catch (error) {
    const code = error instanceof PercepNetError ? error.code : 'worker';
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ type: 'error', code, message });
  }
};
