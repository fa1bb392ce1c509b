/** Two ends of a call in one page. */

export class Call {
  readonly local = new RTCPeerConnection();
  readonly remote = new RTCPeerConnection();
  readonly received: MediaStreamTrack[] = [];

  constructor() {
    this.local.onicecandidate = ({ candidate }) => void this.remote.addIceCandidate(candidate ?? undefined);
    this.remote.onicecandidate = ({ candidate }) => void this.local.addIceCandidate(candidate ?? undefined);
    this.remote.ontrack = ({ track }) => this.received.push(track);
  }

  /** Sends what was added or removed since the last time. */
  async negotiate(): Promise<void> {
    await this.offer();
    await this.answer();
  }

  /** From here on the other end has tracks, without sound. */
  async offer(): Promise<void> {
    await this.local.setLocalDescription();
    await this.remote.setRemoteDescription(this.local.localDescription!);
  }

  async answer(): Promise<void> {
    await this.remote.setLocalDescription();
    await this.local.setRemoteDescription(this.remote.localDescription!);
    while (this.local.connectionState !== 'connected') await new Promise((resolve) => setTimeout(resolve, 5));
  }

  close(): void {
    this.local.close();
    this.remote.close();
  }
}
