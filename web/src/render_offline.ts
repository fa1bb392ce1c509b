import { SAMPLE_RATE } from './constants.ts';
import type { PercepNetAssets } from './load.ts';
import { PercepNetNode, type NodeOptions } from './percepnet_node.ts';

/**
 * Renders whole channels at 48 kHz (one or two, of equal length) through a PercepNetNode in an OfflineAudioContext,
 * off the calling thread. The result begins `node.latency` seconds late, as the node's output does, and is `tail`
 * samples longer than the input. `prepare` may change the node or its context before rendering starts.
 */
export async function renderOffline(
  assets: PercepNetAssets,
  channels: readonly Float32Array<ArrayBuffer>[],
  options: NodeOptions = {},
  tail = 0,
  prepare: (node: PercepNetNode) => void = () => {},
): Promise<Float32Array<ArrayBuffer>[]> {
  const length = channels[0].length + tail;
  const context = new OfflineAudioContext(channels.length, length, SAMPLE_RATE);
  const node = await PercepNetNode.create(context, assets, options);
  const source = new AudioBufferSourceNode(context, { buffer: bufferOf(channels, length) });
  source.connect(node).connect(context.destination);
  source.start();
  prepare(node);
  const rendered = await context.startRendering();
  node.destroy();
  return channels.map((_, channel) => rendered.getChannelData(channel));
}

/** `length` covers the tail too: a source that ends early would turn the rest into mono. */
function bufferOf(channels: readonly Float32Array<ArrayBuffer>[], length: number): AudioBuffer {
  const buffer = new AudioBuffer({ numberOfChannels: channels.length, length, sampleRate: SAMPLE_RATE });
  channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
  return buffer;
}
