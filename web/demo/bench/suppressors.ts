import { PercepNetNode, type PercepNetAssets } from '../../src/index.ts';
import type { Suppressor } from './timed_stream.ts';

type NodeOptions = Parameters<typeof PercepNetNode.create>[2];

export function percepnetSuppressor(assets: PercepNetAssets, options?: NodeOptions): Suppressor {
  return {
    async createNode(context) {
      const node = await PercepNetNode.create(context, assets, options);
      await node.ready; // until then the sound passes untouched
      return node;
    },
    destroy: (node) => (node as PercepNetNode).destroy(),
  };
}

/** Another noise suppressor: the worklet script and the module of its package, as they are. */
export interface PackagedProcessor {
  /** URL of the script, and the name that it registers. */
  script: string;
  processor: string;
  /** URL of the WebAssembly module that its processor is given as `wasmBinary`. */
  wasm?: string;
  readyProperty?: string;
}

export async function packagedSuppressor(packaged: PackagedProcessor): Promise<Suppressor> {
  const { script, processor, wasm, readyProperty } = packaged;
  const wasmBinary = wasm === undefined ? undefined : await (await fetch(wasm)).arrayBuffer();
  return {
    readyProperty,
    async createNode(context) {
      await context.audioWorklet.addModule(new URL(script, document.baseURI).href);
      return new AudioWorkletNode(context, processor, { processorOptions: { maxChannels: 1, wasmBinary } });
    },
    destroy: (node) => {
      const { port } = node as AudioWorkletNode;
      port.postMessage('destroy');
      port.close();
      node.disconnect();
    },
  };
}
