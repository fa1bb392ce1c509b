/** A real JitsiLocalTrack of lib-jitsi-meet, from the browser's microphone, whose file is played over and over. */
// @ts-expect-error The file comes without types.
import library from '@lyno/lib-jitsi-meet/lib-jitsi-meet.min.js';
import { PercepNetEffect } from 'percepnet/jitsi';
import { suppress, unsuppress } from 'guide/jitsi';
import { pause, Recorder } from './recording.ts';

interface LocalTrack {
  getTrack(): MediaStreamTrack;
  setEffect(effect?: PercepNetEffect): Promise<void>;
  isMuted(): boolean;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  dispose(): Promise<void>;
}

const JitsiMeetJS = library as {
  init(options: object): void;
  setLogLevel(level: string): void;
  createLocalTracks(options: object): Promise<LocalTrack[]>;
};

async function microphone(): Promise<LocalTrack> {
  JitsiMeetJS.setLogLevel('error');
  JitsiMeetJS.init({ disableAudioLevels: true, disableNS: true });
  const [track] = await JitsiMeetJS.createLocalTracks({ devices: ['audio'] });
  return track;
}

/** Whether anything is to be heard. */
async function sounds(track: MediaStreamTrack): Promise<boolean> {
  const recorder = await Recorder.of(track);
  await recorder.until(1.5);
  const loudest = Math.max(...recorder.newest(0, 1).map(Math.abs));
  await recorder.close();
  return loudest > 0.001;
}

export async function lifeOfAnEffect() {
  const track = await microphone();
  const plain = track.getTrack();
  const effect = await suppress(track, { maxAttenuationDb: 30 });
  const processed = track.getTrack();
  const changed = processed !== plain;
  const heard = [await sounds(processed)];
  while (effect.node === null) await pause(20);
  const attenuation = effect.node.maxAttenuationDb;
  await track.mute();
  const muted = [track.isMuted(), plain.enabled];
  heard.push(await sounds(processed));
  await track.unmute();
  muted.push(track.isMuted());
  const text = JSON.stringify(effect); // lib-jitsi-meet prints effects so
  await unsuppress(track);
  const back = track.getTrack() === plain;
  const states = [plain.readyState, processed.readyState];
  heard.push(await sounds(plain));
  await track.dispose();
  return { changed, heard, attenuation, muted, text, back, states, node: effect.node, end: plain.readyState };
}

/** A track that was muted stays so when the effect comes, and when it goes. */
export async function mutedAllTheTime() {
  const track = await microphone();
  await track.mute();
  const muted = [track.isMuted()];
  await suppress(track);
  muted.push(track.isMuted());
  await unsuppress(track);
  muted.push(track.isMuted());
  await track.dispose();
  return muted;
}

/** Files that are not there. */
export async function withoutFiles() {
  const track = await microphone();
  let told: unknown;
  await suppress(track, { baseUrl: '/nowhere/', onError: (error) => (told = error) });
  const heard = await sounds(track.getTrack());
  await track.dispose();
  return [(told as { code: string }).code, heard];
}

export function takesAudioOnly() {
  const effect = new PercepNetEffect();
  return [true, false].map((audio) => effect.isEnabled({ isAudioTrack: () => audio }));
}
