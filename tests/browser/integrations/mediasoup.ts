/** A real Device and send transport of mediasoup-client with its handler for Chrome; the test plays the server. */
import { Device, testFakeParameters as server } from 'mediasoup-client';
import { produceSuppressed } from 'percepnet/mediasoup';
import { changeMicrophone, produceMicrophone } from 'guide/mediasoup';
import { amplitude, Player, Recorder } from './recording.ts';

async function sendTransport(produce: () => string = () => 'producer') {
  const device = new Device({ handlerName: 'Chrome111' });
  await device.load({ routerRtpCapabilities: server.generateRouterRtpCapabilities() });
  const parameters = structuredClone(server.generateTransportRemoteParameters());
  const transport = device.createSendTransport({ ...parameters, iceCandidates: [] });
  transport.on('connect', (_parameters, connected) => connected());
  transport.on('produce', (_parameters, produced, failed) => {
    try {
      produced({ id: produce() });
    } catch (error) {
      failed(error as Error);
    }
  });
  return transport;
}

/** The guide with the browser's microphone: produce, another microphone, pause, close. */
export async function lifeOfAProducer() {
  const { producer, suppressed } = await produceMicrophone(await sendTransport());
  const produced = [producer.track === suppressed.track, producer.rtpSender?.track === suppressed.track];
  const first = suppressed.input;
  const devices = await navigator.mediaDevices.enumerateDevices();
  await changeMicrophone(suppressed, devices.filter(({ kind }) => kind === 'audioinput').at(-1)!.deviceId);
  const replaced = [producer.track === suppressed.track, suppressed.input !== first, first.readyState];
  producer.pause();
  const paused = [suppressed.track.enabled, suppressed.state];
  producer.resume();
  producer.close();
  const closed = [suppressed.state, suppressed.track.readyState, suppressed.input.readyState];
  return { kind: producer.kind, produced, replaced, paused, closed };
}

/** A closed transport ends the suppression, and the caller's own track lives on; the sound is the one that came in. */
export async function closedTransport() {
  const player = new Player().sing(500);
  const transport = await sendTransport();
  const { producer, suppressed } = await produceSuppressed(
    transport,
    player.stream,
    { bypass: true },
    { stopTracks: false },
  );
  const recorder = await Recorder.of(producer.track!);
  await recorder.until(1);
  const heard = amplitude(recorder.newest(0, 0.4), 500) > 0.1;
  transport.close();
  const states = [suppressed.state, player.track.readyState];
  await Promise.all([recorder.close(), player.close()]);
  return { heard, states };
}

/** A server that refuses: [what is thrown, what became of the context]. */
export async function refused() {
  const player = new Player().sing(500);
  const transport = await sendTransport(() => {
    throw new Error('the room is full');
  });
  const context = new AudioContext({ sampleRate: 48000 });
  const ended = new Promise((resolve) => {
    const { prototype } = MediaStreamTrack;
    const stop = prototype.stop;
    prototype.stop = function () {
      prototype.stop = stop;
      stop.call(this);
      resolve(this.readyState);
    };
  });
  const message = await produceSuppressed(transport, player.track, { context }).catch(
    (error) => error.message,
  );
  const result = [message, await ended, player.track.readyState];
  await Promise.all([player.close(), context.close()]);
  return result;
}
