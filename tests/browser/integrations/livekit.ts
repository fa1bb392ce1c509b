/** A real LocalAudioTrack of livekit-client, published by hand to a call in the page. Tones stand for microphones. */
import { LocalAudioTrack } from 'livekit-client';
import { PercepNetProcessor } from 'percepnet/livekit';
import { setSuppression, suppress } from 'guide/livekit';
import { Call } from './peers.ts';
import { amplitude, pause, Player, Recorder } from './recording.ts';

async function hears(track: MediaStreamTrack): Promise<number[]> {
  const recorder = await Recorder.of(track);
  await recorder.until(1);
  const newest = recorder.newest(0, 0.4);
  await recorder.close();
  return [500, 800].filter((frequency) => amplitude(newest, frequency) > 0.1);
}

/** What the other end hears, and what LiveKit says, from setProcessor to stopProcessor. */
export async function lifeOfAProcessor() {
  const [first, second] = [new Player().sing(500), new Player().sing(800)];
  const context = new AudioContext({ sampleRate: 44100 });
  const track = new LocalAudioTrack(first.track, undefined, true, context);
  const call = new Call();
  // As livekit-client publishes: the sender is what setProcessor and restart replace the track of.
  track.sender = call.local.addTrack(track.mediaStreamTrack);
  await call.negotiate();
  const log: unknown[] = [];
  const note = async () =>
    log.push([
      track.getProcessor()?.name,
      track.sender!.track === processed(track),
      await hears(call.received[0]),
    ]);

  const processor = await suppress(track, { bypass: true });
  await note();
  const published = track.sender.track;
  await track.replaceTrack(second.track, true);
  const kept = track.sender.track === published;
  await note();
  setSuppression(processor, true);
  const live = processor.node!.bypass === false;
  await track.mute();
  const muted = await hears(call.received[0]);
  await track.unmute();
  await track.stopProcessor();
  await note();
  const after = { processed: processor.processedTrack, ended: published!.readyState, node: processor.node };
  await Promise.all([first.close(), second.close(), context.close()]);
  call.close();
  return { log, kept, live, muted, ...after };
}

function processed(track: LocalAudioTrack): MediaStreamTrack {
  return track.getProcessor()?.processedTrack ?? track.mediaStreamTrack;
}

/** LiveKit moves a track to another context, of another rate: the processor moves with it. */
export async function changeContext() {
  const player = new Player().sing(500);
  const [before, after] = [48000, 44100].map((sampleRate) => new AudioContext({ sampleRate }));
  const track = new LocalAudioTrack(player.track, undefined, true, before);
  const processor = await suppress(track, { bypass: true });
  const [first, context] = [processor.processedTrack!, processor.node!.context];
  await track.setAudioContext(after);
  const second = processor.processedTrack!;
  const heard = await hears(second);
  while (processor.node === null) await pause(20);
  const result = {
    heard,
    moved: context === before && processor.node.context === after,
    tracks: [first.readyState, second.readyState],
  };
  track.stop();
  await Promise.all([player.close(), before.close(), after.close()]);
  return { ...result, stopped: second.readyState };
}

/** Files that are not there: [what the program is told, what setProcessor sets, what is heard]. */
export async function withoutFiles() {
  const player = new Player().sing(500);
  const context = new AudioContext({ sampleRate: 48000 });
  const track = new LocalAudioTrack(player.track, undefined, true, context);
  let told: unknown;
  await suppress(track, { baseUrl: '/nowhere/', onError: (error) => (told = error) });
  const heard = await hears(track.getProcessor()!.processedTrack!);
  track.stop();
  await Promise.all([player.close(), context.close()]);
  return [(told as { code: string }).code, heard];
}

/** No worklet: [what setProcessor rejects with, whether LiveKit goes on without a processor]. */
export async function withoutWorklet() {
  const player = new Player().sing(500);
  const context = new AudioContext({ sampleRate: 48000 });
  const track = new LocalAudioTrack(player.track, undefined, true, context);
  const processorUrl = '/nowhere.js';
  const error = await suppress(track, { processorUrl }).catch(({ name, code }) => [name, code]);
  const result = [error, track.getProcessor() === undefined, track.mediaStreamTrack.readyState];
  await Promise.all([player.close(), context.close()]);
  return result;
}

/** A change of context while the worklet's script is gone: the sound goes on untouched, and the program is told. */
export async function restartWithoutWorklet() {
  const player = new Player().sing(500);
  const context = new AudioContext({ sampleRate: 48000 });
  let told: unknown;
  const processor = new PercepNetProcessor({
    processorUrl: '/nowhere.js',
    onError: (error) => (told = error),
  });
  await processor.restart({ track: player.track, audioContext: context });
  const heard = await hears(processor.processedTrack!);
  await processor.destroy();
  await Promise.all([player.close(), context.close()]);
  return [(told as { code: string }).code, heard];
}
