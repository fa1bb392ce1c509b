/** What browsers count as the user's consent to sound. */
const GESTURES = ['pointerup', 'touchend', 'keydown'] as const;

/**
 * Keeps a context running: whenever it is suspended (by the autoplay policy) or interrupted (by a telephone call), it is
 * resumed at once where that is allowed, else with the user's next gesture. The function that it returns ends this.
 */
export function keepRunning(context: AudioContext): () => void {
  // A refusal is no failure: the gesture, or the end of the call, comes later.
  const resume = () => void context.resume().catch(() => {});
  const listen = () => {
    for (const gesture of GESTURES) globalThis.addEventListener(gesture, resume, { capture: true });
  };
  const unlisten = () => {
    for (const gesture of GESTURES) globalThis.removeEventListener(gesture, resume, { capture: true });
  };
  const follow = () => {
    unlisten();
    if (context.state === 'running' || context.state === 'closed') return;
    listen();
    resume();
  };
  context.addEventListener('statechange', follow);
  follow();
  return () => {
    context.removeEventListener('statechange', follow);
    unlisten();
  };
}
