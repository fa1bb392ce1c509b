import { PercepNetError } from './errors.ts';

/** What to ask of a microphone: one channel, its echo removed, and no second suppressor, which would harm speech. */
export const MICROPHONE_CONSTRAINTS: Readonly<MediaTrackConstraints> = Object.freeze({
  channelCount: 1,
  echoCancellation: true,
  noiseSuppression: false,
  autoGainControl: false,
});

/**
 * Opens a microphone with MICROPHONE_CONSTRAINTS and yours, for example `{ deviceId }`. Rejects with PercepNetError
 * 'unsupported' (no HTTPS), 'permission' (refused by the user, or to this frame) or 'microphone' (there is none, or it
 * is in use).
 */
export async function openMicrophone(constraints: MediaTrackConstraints = {}): Promise<MediaStream> {
  if (globalThis.navigator?.mediaDevices === undefined)
    throw new PercepNetError(
      'unsupported',
      'no microphone here: serve the page over HTTPS or from localhost',
    );
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { ...MICROPHONE_CONSTRAINTS, ...constraints },
    });
  } catch (cause) {
    throw explained(cause);
  }
}

function explained(cause: unknown): unknown {
  if (!(cause instanceof DOMException)) return cause;
  if (cause.name === 'NotAllowedError' || cause.name === 'SecurityError')
    return new PercepNetError('permission', refusal(), { cause });
  if (cause.name === 'NotFoundError' || cause.name === 'OverconstrainedError')
    return new PercepNetError(
      'microphone',
      'no microphone was found: connect one, or ask for another `deviceId`',
      {
        cause,
      },
    );
  return new PercepNetError(
    'microphone',
    `the microphone could not be opened, another program may be using it: ${cause.message}`,
    { cause },
  );
}

function refusal(): string {
  if (globalThis.parent === globalThis.self)
    return 'the microphone was refused: allow it in the settings of this site';
  return 'the microphone was refused in this frame: the page around it needs <iframe allow="microphone">, and the user must allow it';
}
