/** Calls between two ends in one page. */
import { suppressNoise } from 'percepnet';
import { call, changeMicrophone, suppressSender, unsuppressSender } from 'guide/webrtc';
import { Call } from './peers.ts';
import { amplitude, Player, Recorder, samplesOf } from './recording.ts';

/** Sends `url`'s samples twice in one call, as they are and suppressed: /pcm/plain and /pcm/suppressed. */
export async function sendBoth(url: string) {
  const samples = await samplesOf(url);
  const player = new Player();
  const suppressed = await suppressNoise(player.stream);
  await suppressed.node.ready;
  const connection = new Call();
  connection.local.addTrack(player.track);
  connection.local.addTrack(suppressed.track);
  await connection.negotiate();
  const recorder = await Recorder.of(...connection.received);
  await recorder.until(0.5);
  await player.start(samples);
  await recorder.until(recorder.seconds + 0.5);
  await recorder.send('plain', 'suppressed');
  const { latency } = suppressed.node;
  await Promise.all([recorder.close(), suppressed.stop(), player.close()]);
  connection.close();
  return { latency };
}

/** The guide's functions on one call: tones of 500 and 800 Hz stand for two microphones, bypassed. */
export async function replaceAndRenegotiate() {
  const [first, second] = [new Player().sing(500), new Player().sing(800)];
  const connection = new Call();
  const sender = connection.local.addTrack(first.track);
  await connection.negotiate();
  const suppressed = await suppressSender(sender, { bypass: true });
  const sent = [sender.track === suppressed.track];
  const recorder = await Recorder.of(connection.received[0]);
  const tones = [await tonesAfterASecond(recorder)];
  const other = await suppressNoise(second.track, { bypass: true });
  connection.local.addTrack(other.track);
  await connection.negotiate();
  const both = await Recorder.of(...connection.received);
  tones.push(await tonesAfterASecond(both, 0), await tonesAfterASecond(both, 1));
  suppressed.replaceInput(second.track);
  tones.push(await tonesAfterASecond(both, 0));
  await unsuppressSender(sender, suppressed);
  sent.push(sender.track === second.track);
  tones.push(await tonesAfterASecond(both, 0));
  const ended = suppressed.track.readyState;
  await Promise.all([recorder.close(), both.close(), other.stop(), first.close(), second.close()]);
  connection.close();
  return { tones, sent, ended };
}

/** Whether 500 Hz and 800 Hz are there. */
async function tonesAfterASecond(recorder: Recorder, input = 0): Promise<boolean[]> {
  await recorder.until(recorder.seconds + 1);
  return [500, 800].map((frequency) => amplitude(recorder.newest(input, 0.4), frequency) > 0.1);
}

/** The first lines of the guide with the browser's microphone, then another one. */
export async function callWithMicrophone() {
  const connection = new Call();
  const suppressed = await call(connection.local);
  await connection.negotiate();
  const recorder = await Recorder.of(connection.received[0]);
  const microphone = suppressed.input;
  const devices = await navigator.mediaDevices.enumerateDevices();
  const { deviceId } = devices.filter(({ kind }) => kind === 'audioinput').at(-1)!;
  await changeMicrophone(suppressed, deviceId);
  await recorder.until(2);
  const loudest = Math.max(...recorder.newest(0, 1).map(Math.abs));
  const { noiseSuppression, echoCancellation } = microphone.getSettings();
  const result = { loudest, noiseSuppression, echoCancellation, first: microphone.readyState };
  await suppressed.stop();
  await recorder.close();
  connection.close();
  return { ...result, second: suppressed.input.readyState };
}
