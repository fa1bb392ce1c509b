/** What went wrong, for programs; `message` says it, and what to do, for people. */
export type PercepNetErrorCode =
  | 'bad-arg' // an option out of its range, or an argument of the wrong length
  | 'bad-model' // not a model file, damaged, or of another format version
  | 'bad-module' // a WebAssembly file that is not this library's
  | 'fetch' // a file could not be downloaded
  | 'integrity' // a file is not the one that the manifest names
  | 'unsupported' // the browser, or the page's origin, lacks something
  | 'sample-rate' // the AudioContext's rate is not whole Hz from 8000 to 192000
  | 'bad-input' // NaN, infinite or absurdly large samples arrived and were replaced
  | 'bad-track' // no live audio track to work on
  | 'context-closed' // the AudioContext was closed
  | 'destroyed' // the node was destroyed before it was ready
  | 'permission' // the microphone was refused, by the user or to this frame
  | 'microphone' // there is no microphone, or it cannot be opened
  | 'worker' // a worker could not be started, or died; sound passes through untouched
  | 'processor'; // the audio thread failed; the sound passes through untouched

export class PercepNetError extends Error {
  override readonly name = 'PercepNetError';
  readonly code: PercepNetErrorCode;

  constructor(code: PercepNetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
