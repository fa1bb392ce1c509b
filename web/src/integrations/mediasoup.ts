/** Suppressed microphones for mediasoup-client: docs/web/integrations/mediasoup.md shows how to use it. */
import { suppressNoise, type SuppressedAudio, type SuppressOptions } from '../index.ts';

/** A mediasoup-client `Producer`, as far as this function cares. */
interface ClosableProducer {
  readonly observer: { on(event: 'close', listener: () => void): unknown };
}

/** A mediasoup-client `Transport`, likewise. */
interface ProducingTransport<Options, Producer> {
  produce(options: Options): Promise<Producer>;
}

export interface SuppressedProducer<Producer> {
  producer: Producer;
  suppressed: SuppressedAudio;
}

/**
 * Produces an audio track with its noise suppressed. Closing the producer, or its transport, ends the suppression;
 * another microphone comes by `suppressed.replaceInput(track)`, not by `producer.replaceTrack`. `producerOptions`: those
 * of `transport.produce`, without `track`. Rejects as suppressNoise and `transport.produce` do.
 */
export async function produceSuppressed<
  Options extends { track?: MediaStreamTrack },
  Producer extends ClosableProducer,
>(
  transport: ProducingTransport<Options, Producer>,
  input: MediaStream | MediaStreamTrack,
  options: SuppressOptions = {},
  producerOptions: Omit<Options, 'track'> = {} as Omit<Options, 'track'>,
): Promise<SuppressedProducer<Producer>> {
  const suppressed = await suppressNoise(input, options);
  try {
    const producer = await transport.produce({ ...producerOptions, track: suppressed.track } as Options);
    producer.observer.on('close', () => void suppressed.stop());
    return { producer, suppressed };
  } catch (error) {
    await suppressed.stop();
    throw error;
  }
}
