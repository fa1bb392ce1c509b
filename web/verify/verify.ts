/**
 * The page that `percepnet verify` and the tests drive. It puts two names into the global scope:
 *
 *   percepnet          the library (index.ts)
 *   renderPcm(job)     sends PCM through the worklet and back to the server that serves the page
 */
import * as percepnet from '../src/index.ts';

interface Job {
  /** URL of raw little-endian float32 samples at 48 kHz; with two channels, all of the left and then all of the right. */
  input: string;
  /** URL that gets the result by POST, in the same form. */
  output: string;
  /** 1 (default) or 2. */
  channels?: number;
  /** Samples rendered beyond the end of the input, so that the delay can be cut off without loss. */
  tail?: number;
  model?: string;
  simd?: percepnet.Variant;
  options?: percepnet.NodeOptions;
}

interface Result {
  variant: percepnet.Variant;
  model: string;
  /** Samples of each channel's delay, framing and algorithm. */
  latency: number;
  samples: number;
}

async function renderPcm(job: Job): Promise<Result> {
  const assets = await percepnet.loadPercepNet({
    baseUrl: '.',
    ...(job.model === undefined ? {} : { model: job.model }),
    ...(job.simd === undefined ? {} : { simd: job.simd }),
  });
  const samples = new Float32Array(await (await fetch(job.input)).arrayBuffer());
  const count = job.channels ?? 1;
  const length = samples.length / count;
  const channels = Array.from({ length: count }, (_, channel) =>
    samples.slice(channel * length, (channel + 1) * length),
  );
  let latency = 0;
  const rendered = await percepnet.renderOffline(assets, channels, job.options, job.tail, (node) => {
    latency = Math.round(node.latency * percepnet.SAMPLE_RATE);
  });
  await post(job.output, rendered);
  return { variant: assets.variant, model: assets.modelName, latency, samples: length };
}

async function post(url: string, channels: Float32Array<ArrayBuffer>[]): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: new Blob(channels) });
  if (!response.ok) throw new Error(`${url} gave HTTP status ${response.status}`);
}

Object.assign(globalThis, { percepnet, renderPcm });
