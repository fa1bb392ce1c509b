import { mayCompile, supports, VARIANTS, type Variant } from './variants.ts';

/** What this page can do, found by trying, not by the browser's name. */
export interface Support {
  /** Whether a PercepNetNode can be made. Enhancer needs only `variant`. */
  readonly supported: boolean;
  /** Why not, for people; empty where supported. */
  readonly reasons: readonly string[];
  /** What else the page lacks, and what it means; nothing of it stops a PercepNetNode. */
  readonly warnings: readonly string[];
  /** The module that would be loaded; null without WebAssembly. */
  readonly variant: Variant | null;
  /** Whether this page may ask for a microphone. */
  readonly microphone: boolean;
  /** Whether threads can share memory here: SharedArrayBuffer in a cross-origin isolated page. */
  readonly sharedMemory: boolean;
}

/** Touches no device, asks for no permission, downloads nothing; in Node it says what is missing there. */
export function isSupported(): Support {
  const variant = mayCompile() ? (VARIANTS.find(supports) ?? null) : null;
  const reasons = [...missingWebAssembly(variant), ...missingWorklet()];
  const microphone = mayUseMicrophone();
  const sharedMemory = globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === 'function';
  return {
    supported: reasons.length === 0,
    reasons,
    warnings: [...microphoneWarnings(microphone), ...speedWarnings(variant)],
    variant,
    microphone,
    sharedMemory,
  };
}

function missingWebAssembly(variant: Variant | null): string[] {
  if (typeof WebAssembly !== 'object')
    return ['no WebAssembly: use a current browser, or switch off its lockdown mode'];
  if (variant === null)
    return ["the Content-Security-Policy forbids WebAssembly: script-src needs 'wasm-unsafe-eval'"];
  return [];
}

function missingWorklet(): string[] {
  // Chromium has AudioWorkletNode, but no audioWorklet, in insecure pages.
  if (typeof AudioWorkletNode === 'function' && 'audioWorklet' in BaseAudioContext.prototype) return [];
  if (globalThis.isSecureContext === false)
    return ['no AudioWorklet outside a secure context: serve the page over HTTPS or from localhost'];
  return ['no AudioWorklet: use a current browser'];
}

function mayUseMicrophone(): boolean {
  if (typeof globalThis.navigator?.mediaDevices?.getUserMedia !== 'function') return false;
  interface Policy {
    allowsFeature(feature: string): boolean;
  }
  const { featurePolicy } = document as Document & { featurePolicy?: Policy }; // Chromium alone says so beforehand
  return featurePolicy?.allowsFeature('microphone') ?? true;
}

function microphoneWarnings(microphone: boolean): string[] {
  if (microphone) return [];
  const isFrame = typeof window === 'object' && window.parent !== window;
  return [
    isFrame
      ? 'this frame may not use a microphone: give it <iframe allow="microphone">, and the page a Permissions-Policy that allows it'
      : 'this page may not use a microphone: it needs HTTPS or localhost, and a Permissions-Policy that allows it',
  ];
}

function speedWarnings(variant: Variant | null): string[] {
  return variant === 'scalar' ? ['no WebAssembly SIMD here: take a small model, such as `128`'] : [];
}
