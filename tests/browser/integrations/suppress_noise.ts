/** What a suppressed track does when its input, its context or its files do something. Tones stand for microphones. */
import { loadPercepNet, openMicrophone, PercepNetError, suppressNoise, SuppressedTrack } from 'percepnet';
import { Call } from './peers.ts';
import { amplitude, heard, pause, Player, Recorder, samplesOf } from './recording.ts';

const BYPASS = { bypass: true };

async function tones(track: MediaStreamTrack): Promise<number[]> {
  const recorder = await Recorder.of(track);
  await recorder.until(1);
  const newest = recorder.newest(0, 0.4);
  await recorder.close();
  return [500, 800].filter((frequency) => amplitude(newest, frequency) > 0.1);
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  return error instanceof PercepNetError ? error.code : String(error);
}

/** Sends `url`'s samples through a suppressed track: /pcm/out; gives the delay that the node reports, in samples. */
export async function suppress(url: string) {
  const samples = await samplesOf(url);
  const player = new Player();
  const suppressed = await suppressNoise(player.stream);
  await suppressed.node.ready;
  const recorder = await Recorder.of(suppressed.track, player.track);
  await recorder.until(0.5);
  await player.start(samples);
  await recorder.until(recorder.seconds + 0.3);
  await recorder.send('out', 'in');
  const { sampleRate } = suppressed.context;
  const latency = Math.round(suppressed.node.latency * sampleRate);
  await Promise.all([recorder.close(), suppressed.stop(), player.close()]);
  return { latency, sampleRate, closed: suppressed.context.state };
}

/** The loudest and the quietest 10 ms, by their root mean square, while the direct sound gives way to the node's. */
export async function fromDirectToNode() {
  const player = new Player().sing(500);
  const assets = loadPercepNet().then(async (loaded) => (await pause(700), loaded));
  const suppressed = new SuppressedTrack(player.track, { ...BYPASS, assets });
  const recorder = await Recorder.of(suppressed.track);
  await recorder.until(2);
  const samples = recorder.newest(0, 1.5);
  await Promise.all([recorder.close(), suppressed.stop(), player.close()]);
  const levels = Array.from({ length: samples.length / 480 }, (_, i) =>
    Math.sqrt(samples.subarray(480 * i, 480 * (i + 1)).reduce((sum, x) => sum + x * x, 0) / 480),
  ).sort((a, b) => a - b);
  return { wet: suppressed.node !== null, median: levels[75], loudest: levels.at(-1), tenth: levels[15] };
}

export async function anotherMicrophone() {
  const [first, second] = [new Player().sing(500), new Player().sing(800)];
  const suppressed = await suppressNoise(first.track, { ...BYPASS, stopInput: true });
  const { track } = suppressed;
  const log = [await tones(track)];
  first.track.enabled = false;
  log.push(await tones(track));
  suppressed.replaceInput(second.stream);
  const carriedOver = second.track.enabled === false;
  second.track.enabled = true;
  log.push(await tones(track));
  track.enabled = false;
  log.push(await tones(track));
  track.stop();
  const states = [first.track, second.track, track].map(({ readyState }) => readyState);
  const late = await codeOf(Promise.resolve().then(() => suppressed.replaceInput(new Player().track)));
  await Promise.all([first.close(), second.close()]);
  return { log, same: suppressed.track === track, carriedOver, states, late, state: suppressed.state };
}

/** A received track is muted until sound comes, and ends with its transceiver. */
export async function muteAndEnd(endWithInput: boolean) {
  const player = new Player().sing(500);
  const call = new Call();
  call.local.addTrack(player.track);
  await call.offer();
  const suppressed = await suppressNoise(call.received[0], { ...BYPASS, endWithInput });
  const muted = [suppressed.track.muted];
  const unmute = heard(suppressed.track, 'unmute');
  await call.answer();
  const playing = Object.assign(new Audio(), { muted: true, srcObject: new MediaStream([suppressed.input]) });
  void playing.play();
  await unmute;
  muted.push(suppressed.track.muted);
  const ended = heard(suppressed.track, 'ended').then(() => 'ended');
  call.remote.getTransceivers()[0].stop();
  await pause(100);
  const event = await Promise.race([ended, pause(0).then(() => 'live')]);
  if (!endWithInput) suppressed.replaceInput(player.track);
  const result = { muted, event, track: suppressed.track.readyState, state: suppressed.state };
  const sound = endWithInput ? [] : await tones(suppressed.track);
  await Promise.all([suppressed.stop(), player.close()]);
  call.close();
  return { ...result, sound, context: suppressed.context.state };
}

/** The owner stops the microphone, which dispatches no event. */
export async function stoppedByItsOwner() {
  const player = new Player().sing(500);
  const suppressed = await suppressNoise(player.track);
  player.track.stop();
  await heard(suppressed.track, 'ended');
  await player.close();
  return suppressed.state;
}

export async function contextClosed() {
  const player = new Player().sing(500);
  const context = new AudioContext({ sampleRate: 48000 });
  const { stop } = await suppressNoise(player.track, { context });
  await stop();
  const left = context.state;
  const again = await suppressNoise(player.track, { context });
  const end = heard(again.track, 'ended');
  await context.close();
  await end;
  const late = await codeOf(suppressNoise(player.track, { context }));
  await player.close();
  return { left, state: again.state, late, input: player.track.readyState };
}

/** Each with a code, and none with anything left behind. */
export async function failures() {
  const player = new Player().sing(500);
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  const ended = new Player().track;
  ended.stop();
  const context = new AudioContext({ sampleRate: 48000 });
  const abort = AbortSignal.abort(new Error('changed my mind'));
  const codes = {
    noAudio: await codeOf(suppressNoise(canvas.captureStream())),
    ended: await codeOf(suppressNoise(ended)),
    missing: await codeOf(suppressNoise(player.track, { context, processorUrl: '/nowhere.js' })),
    range: await codeOf(suppressNoise(player.track, { context, maxAttenuationDb: 200 })),
    aborted: await codeOf(suppressNoise(player.track, { context, signal: abort })),
  };
  const alive = [context.state, player.track.readyState];
  await Promise.all([context.close(), player.close()]);
  return { codes, alive };
}

/** Without a model: [what is told, what `ready` says, what is heard]. */
export async function withoutModel() {
  const player = new Player().sing(500);
  let told: unknown;
  const options = { baseUrl: '/nowhere/', onError: (error: unknown) => (told = error) };
  const suppressed = await suppressNoise(player.track, options);
  const ready = await codeOf(suppressed.node.ready);
  const sound = await tones(suppressed.track);
  await Promise.all([suppressed.stop(), player.close()]);
  return [(told as PercepNetError).code, ready, sound];
}

/** A node that has failed on the audio thread is silent: [what is told, what is heard], also of another microphone. */
export async function failedNode() {
  const [first, second] = [new Player().sing(500), new Player().sing(800)];
  let told: unknown;
  const suppressed = await suppressNoise(first.track, { ...BYPASS, onError: (error) => (told = error) });
  await suppressed.node.ready;
  await pause(300);
  suppressed.node.destroy();
  const log: unknown[] = [await tones(suppressed.track)];
  suppressed.node.dispatchEvent(new Event('processorerror'));
  log.push((told as PercepNetError).code, await tones(suppressed.track));
  suppressed.replaceInput(second.track);
  log.push(await tones(suppressed.track));
  await Promise.all([suppressed.stop(), first.close(), second.close()]);
  return log;
}

/** In a page that may make no sound yet: the state before the user's gesture, and after it. */
const states: string[] = [];
let changed: Promise<unknown>;
let quiet: { player: Player; suppressed: SuppressedTrack };

export async function beforeTheGesture() {
  const player = new Player().sing(500);
  const suppressed = await suppressNoise(player.track, BYPASS);
  quiet = { player, suppressed };
  changed = heard(suppressed, 'statechange');
  states.push(suppressed.state);
  console.log('waiting for the gesture');
}

export async function afterTheGesture() {
  const { player, suppressed } = quiet;
  await changed;
  states.push(suppressed.state);
  await player.context.resume();
  const sound = await tones(suppressed.track);
  await Promise.all([suppressed.stop(), player.close()]);
  return { states, sound, end: suppressed.state };
}

export async function microphoneRefusal() {
  const error = await openMicrophone().catch((reason: unknown) => reason);
  return [(error as PercepNetError).code, (error as PercepNetError).message];
}

export async function noSuchMicrophone() {
  return codeOf(openMicrophone({ deviceId: { exact: 'nowhere' } }));
}
