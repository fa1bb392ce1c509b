import { PercepNetError } from './errors.ts';

const added = new WeakMap<BaseAudioContext, Map<string, Promise<void>>>();

/**
 * Loads the worklet script at `url` into the context, once. Rejects with PercepNetError 'fetch' or 'context-closed': a
 * closed context would let us wait for ever.
 */
export async function addWorkletScript(context: BaseAudioContext, url: string): Promise<void> {
  const scripts = added.get(context) ?? new Map<string, Promise<void>>();
  added.set(context, scripts);
  const listening = new AbortController();
  try {
    if (!scripts.has(url)) scripts.set(url, context.audioWorklet.addModule(url));
    await Promise.race([scripts.get(url), closing(context, listening.signal)]);
  } catch (cause) {
    scripts.delete(url);
    if (cause instanceof PercepNetError) throw cause;
    if (context.state === 'closed') throw contextClosed(); // not every engine says so by an event first
    throw new PercepNetError(
      'fetch',
      `${url} could not be loaded as a worklet: check \`baseUrl\` and the Content-Security-Policy`,
      { cause },
    );
  } finally {
    listening.abort();
  }
}

function closing(context: BaseAudioContext, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const check = (): void => {
      if (context.state === 'closed') reject(contextClosed());
    };
    context.addEventListener('statechange', check, { signal });
    check();
  });
}

export function contextClosed(): PercepNetError {
  return new PercepNetError(
    'context-closed',
    'the AudioContext is closed: make a new one, and a new node in it',
  );
}
