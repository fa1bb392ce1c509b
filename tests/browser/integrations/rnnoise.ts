/** The shim beside the package whose shape it has. */
import { Rnnoise as Theirs, type DenoiseState as TheirState } from '@shiguredo/rnnoise-wasm';
import { Enhancer, loadPercepNet } from 'percepnet';
import { Rnnoise as Ours, type DenoiseState as OurState } from 'percepnet/rnnoise';
import { denoise } from 'guide/rnnoise';
import { samplesOf } from './recording.ts';

// Whatever a program does with theirs, it can do with ours.
type Shape<Class> = { [Key in keyof Class]: Class[Key] };
export const sameState = (state: OurState): Shape<TheirState> => state;
export const sameLoad: () => Promise<Omit<Shape<Theirs>, 'createDenoiseState'>> = Ours.load;

function framesOf(samples: Float32Array): Float32Array[] {
  return Array.from({ length: samples.length / 480 }, (_, i) =>
    samples.slice(480 * i, 480 * (i + 1)).map((sample) => 32768 * sample),
  );
}

async function post(name: string, frames: Float32Array[]): Promise<void> {
  await fetch(`/pcm/${name}`, { method: 'POST', body: new Blob(frames as Float32Array<ArrayBuffer>[]) });
}

/** `url`'s samples by the guide, by Enhancer and by their package: /pcm/ours, /pcm/enhancer, /pcm/theirs. */
export async function compare(url: string) {
  const samples = await samplesOf(url);
  const ours = framesOf(samples);
  const voice = await denoise(ours);
  await post('ours', ours);

  const enhancer = new Enhancer(await loadPercepNet());
  const frames = framesOf(samples);
  const expected = frames.map((frame) => {
    const output = frame.map((sample) => sample / 32768);
    const probability = enhancer.processFrame(output, output);
    frame.set(output.map((sample) => sample * 32768));
    return probability;
  });
  await post('enhancer', frames);

  const theirs = framesOf(samples);
  const state = (await Theirs.load()).createDenoiseState();
  const theirVoice = theirs.map((frame) => state.processFrame(frame));
  state.destroy();
  await post('theirs', theirs);
  return { same: String(voice) === String(expected), voice: [mean(voice), mean(theirVoice)] };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value) / values.length;
}

/** [code, whether the frame is as it was] of a frame too short, and of a state that was destroyed; then what is told. */
export async function misuse() {
  const rnnoise = await Ours.load(await loadPercepNet());
  const state = rnnoise.createDenoiseState({ maxAttenuationDb: 20 });
  const { latency } = state;
  const failures: unknown[] = [];
  for (const length of [479, 480]) {
    const frame = new Float32Array(length).fill(1000);
    try {
      state.processFrame(frame);
    } catch (error) {
      failures.push([(error as { code: string }).code, frame.every((sample) => sample === 1000)]);
    }
    state.destroy();
  }
  return { frameSize: rnnoise.frameSize, latency, failures };
}
