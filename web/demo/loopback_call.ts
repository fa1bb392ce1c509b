const LONGEST_SETUP = 10000; // ms

/** What the far end's side of the call tells about itself. */
export interface CallFacts {
  /** "opus", for instance. */
  codec: string;
  /** Kilobits of sound a second since the last question. */
  kbps: number;
  /** Milliseconds that the sound waits in the jitter buffer. */
  bufferMs: number;
}

/**
 * A call of this page with itself: what goes in is encoded with Opus, sent between two RTCPeerConnections, decoded and
 * comes out as the far end would hear it. No server takes part.
 */
export class LoopbackCall {
  private last = { bytes: 0, at: 0, delay: 0, emitted: 0 };

  private constructor(
    private readonly near: RTCPeerConnection,
    private readonly far: RTCPeerConnection,
    private readonly input: MediaStreamAudioDestinationNode,
    private readonly player: HTMLAudioElement,
    /** What the far end hears. */
    readonly output: AudioNode,
  ) {}

  /** Rejects with an Error for the page when the two ends find no way to each other. */
  static async open(context: AudioContext, source: AudioNode): Promise<LoopbackCall> {
    const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
    const input = context.createMediaStreamDestination();
    try {
      source.connect(input);
      const stream = await connect(near, far, input.stream);
      const player = new Audio(); // Chromium decodes what arrives only for a media element; Web Audio then plays it
      player.srcObject = stream;
      player.muted = true;
      await player.play();
      return new LoopbackCall(near, far, input, player, context.createMediaStreamSource(stream));
    } catch (cause) {
      source.disconnect(input);
      near.close();
      far.close();
      throw new Error('The call could not be set up: allow WebRTC in this browser, or listen directly.', {
        cause,
      });
    }
  }

  async facts(): Promise<CallFacts> {
    const report = await this.far.getStats();
    const entries = [...report.values()] as Record<string, number | string>[];
    const inbound = entries.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio') ?? {};
    const codec = report.get(String(inbound.codecId)) as { mimeType?: string } | undefined;
    const now = {
      bytes: Number(inbound.bytesReceived ?? 0),
      at: Number(inbound.timestamp ?? 0),
      delay: Number(inbound.jitterBufferDelay ?? 0),
      emitted: Number(inbound.jitterBufferEmittedCount ?? 0),
    };
    const { last } = this;
    this.last = now;
    return {
      codec: codec?.mimeType?.replace('audio/', '') ?? 'unknown codec',
      kbps: (8 * (now.bytes - last.bytes)) / Math.max(1, now.at - last.at),
      bufferMs: (1000 * (now.delay - last.delay)) / Math.max(1, now.emitted - last.emitted),
    };
  }

  close(): void {
    this.player.srcObject = null;
    this.output.disconnect();
    this.input.stream.getTracks().forEach((track) => track.stop());
    this.near.close();
    this.far.close();
  }
}

/** Connects the two ends; the stream that the far one receives. */
async function connect(
  near: RTCPeerConnection,
  far: RTCPeerConnection,
  stream: MediaStream,
): Promise<MediaStream> {
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  const received = new Promise<MediaStream>((resolve) => {
    far.ontrack = ({ streams, track }) => resolve(streams[0] ?? new MediaStream([track]));
  });
  const connected = new Promise<void>((resolve, reject) => {
    far.onconnectionstatechange = () => {
      if (far.connectionState === 'connected') resolve();
      if (far.connectionState === 'failed') reject(new Error('no path between the two ends'));
    };
    setTimeout(() => reject(new Error('the two ends did not meet in time')), LONGEST_SETUP);
  });
  stream.getTracks().forEach((track) => near.addTrack(track, stream));
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription!);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription!);
  await connected;
  return received;
}
