import { FRAME_SIZE, SAMPLE_RATE } from './constants.ts';
import type { DelayMessage, ErrorMessage, FromProcessor, StatsMessage, VoiceMessage } from './protocol.ts';
import { emptyFrameInfo, type FrameInfo } from './wasm.ts';

const VOICE_EVERY = 5; // frames: 20 messages a second
const STATS_EVERY = 100; // frames: one message a second
const FRAME_MS = (1000 * FRAME_SIZE) / SAMPLE_RATE;

// Some worklet scopes have no `performance`. Date.now counts whole milliseconds, which is right on average.
const now: () => number = typeof performance === 'undefined' ? Date.now : () => performance.now();

/** Tells the page, seldom enough not to disturb, what the audio thread does. Its messages are made once and reused. */
export class Reporter {
  private readonly post: (message: FromProcessor) => void;
  private readonly voice: VoiceMessage = { type: 'voice', probability: 0, ...emptyFrameInfo() };
  private readonly stats: StatsMessage = {
    type: 'stats',
    frames: 0,
    processingMs: 0,
    audioMs: 0,
    cpuShare: 0,
  };
  private readonly delay: DelayMessage = { type: 'delay', delay: -1 };
  private readonly badInput: ErrorMessage = {
    type: 'error',
    code: 'bad-input',
    message:
      'the input holds samples that are NaN, infinite or far beyond +-1: they were replaced; check what feeds the node',
  };
  private voiceFrames = 0;
  private statsFrames = 0;
  private repaired = 0;
  private repairedTold = false;
  private spentMs = 0;
  private startedAt = 0;

  constructor(post: (message: FromProcessor) => void) {
    this.post = post;
  }

  /** A block begins. */
  start(): void {
    this.startedAt = now();
  }

  /** A frame of `stream` has been made. */
  frame(stream: number, info: FrameInfo): void {
    this.repaired += info.repaired;
    this.stats.frames++;
    if (stream === 0) {
      this.voiceFrames++;
      this.statsFrames++;
    }
    if (stream === 0 || info.voice > this.voice.voice) this.keepVoice(info);
  }

  /** The block is done; `delay` is that of the framing, in samples. */
  end(delay: number): void {
    this.spentMs += now() - this.startedAt;
    if (delay !== this.delay.delay) {
      this.delay.delay = delay;
      this.post(this.delay);
    }
    if (this.repaired > 0 && !this.repairedTold) {
      this.repairedTold = true;
      this.post(this.badInput);
    }
    if (this.voiceFrames >= VOICE_EVERY) this.postVoice();
    if (this.statsFrames >= STATS_EVERY) this.postStats();
  }

  private keepVoice(info: FrameInfo): void {
    this.voice.probability = info.voice;
    this.voice.voice = info.voice;
    this.voice.snrDb = info.snrDb;
    this.voice.period = info.period;
    this.voice.pitchCorrelation = info.pitchCorrelation;
  }

  private postVoice(): void {
    this.voice.repaired = this.repaired;
    this.post(this.voice);
    this.voiceFrames = 0;
    this.repaired = 0;
  }

  private postStats(): void {
    this.stats.processingMs = this.spentMs;
    this.stats.audioMs = this.statsFrames * FRAME_MS;
    this.stats.cpuShare = this.stats.processingMs / this.stats.audioMs;
    this.post(this.stats);
    this.statsFrames = 0;
    this.spentMs = 0;
    this.repairedTold = false;
  }
}
