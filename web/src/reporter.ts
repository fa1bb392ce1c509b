import { Lateness } from './lateness.ts';
import type { ErrorMessage, FromProcessor, LatencyMessage, StatsMessage, VoiceMessage } from './protocol.ts';
import { emptyFrameInfo, type FrameInfo } from './wasm.ts';

const VOICE_EVERY = 5; // frames: 20 messages a second

/** A clock in milliseconds and the size of its steps. */
interface Clock {
  now(): number;
  step: number;
}

// Some worklet scopes have no `performance`. Date.now counts whole milliseconds, which is right on average.
const CLOCK: Clock =
  typeof performance === 'undefined' ? { now: Date.now, step: 1 } : { now: () => performance.now(), step: 0 };

export interface ReporterSettings {
  post: (message: FromProcessor) => void;
  /** Of the context, Hz. */
  rate: number;
  /** false = rendered off line, where no call can be late. */
  live: boolean;
  /** For tests. */
  clock?: Clock;
}

/** Tells the page, seldom enough not to disturb, what the audio thread does. Its messages are made once and reused. */
export class Reporter {
  private readonly post: (message: FromProcessor) => void;
  private readonly rate: number;
  private readonly live: boolean;
  private readonly clock: Clock;
  private readonly lateness = new Lateness();
  private readonly voice: VoiceMessage = { type: 'voice', probability: 0, ...emptyFrameInfo() };
  private readonly stats: StatsMessage = {
    type: 'stats',
    frames: 0,
    processingMs: 0,
    audioMs: 0,
    cpuShare: 0,
    longCalls: 0,
    lateCalls: 0,
  };
  private readonly latency: LatencyMessage = { type: 'latency', latency: -1 };
  private readonly badInput: ErrorMessage = {
    type: 'error',
    code: 'bad-input',
    message:
      'the input holds samples that are NaN, infinite or far beyond +-1: they were replaced; check what feeds the node',
  };
  /** Off line, what asks for them may come when all is rendered. */
  private wantsVoice: boolean;
  private voiceFrames = 0;
  private repaired = 0;
  private repairedTold = false;
  private spentMs = 0;
  private longCalls = 0;
  private lateAnswers = 0;
  /** Samples since the last statistics. */
  private samples = 0;
  private startedAt = 0;

  constructor({ post, rate, live, clock = CLOCK }: ReporterSettings) {
    this.post = post;
    this.rate = rate;
    this.live = live;
    this.wantsVoice = !live;
    this.clock = clock;
  }

  /** From now on somebody wants to know of voices. */
  listen(): void {
    this.wantsVoice = true;
  }

  /** A block begins; `position` is the context's time in seconds. */
  start(position: number): void {
    this.startedAt = this.clock.now();
    if (this.live) this.lateness.note(this.startedAt, 1000 * position);
  }

  /** A frame of `stream` has been made. */
  frame(stream: number, info: FrameInfo): void {
    this.repaired += info.repaired;
    this.stats.frames++;
    if (stream === 0) this.voiceFrames++;
    if (stream === 0 || info.voice > this.voice.voice) this.keepVoice(info);
  }

  /** A worker has worked for the node. */
  worked(ms: number): void {
    this.spentMs += ms;
  }

  /** A worker's answer was not there in time. */
  answerLate(): void {
    this.lateAnswers++;
  }

  /** The block of `length` samples is done; `latency` is the delay from input to output, in samples. */
  end(latency: number, length: number): void {
    const spent = this.clock.now() - this.startedAt;
    this.spentMs += spent;
    this.samples += length;
    if (spent > (1000 * length) / this.rate + this.clock.step) this.longCalls++;
    if (latency !== this.latency.latency) this.postLatency(latency);
    if (this.repaired > 0 && !this.repairedTold) {
      this.repairedTold = true;
      this.post(this.badInput);
    }
    if (this.voiceFrames >= VOICE_EVERY) this.postVoice();
    if (this.samples >= this.rate) this.postStats(length);
  }

  /** The context runs again after a halt. */
  resumed(): void {
    this.lateness.restart();
  }

  private keepVoice(info: FrameInfo): void {
    this.voice.probability = info.voice;
    this.voice.voice = info.voice;
    this.voice.snrDb = info.snrDb;
    this.voice.period = info.period;
    this.voice.pitchCorrelation = info.pitchCorrelation;
  }

  private postLatency(latency: number): void {
    this.latency.latency = latency;
    this.post(this.latency);
  }

  private postVoice(): void {
    this.voice.repaired = this.repaired;
    if (this.wantsVoice) this.post(this.voice);
    this.voiceFrames = 0;
    this.repaired = 0;
  }

  /** `length`: of a render quantum. */
  private postStats(length: number): void {
    this.stats.processingMs = this.spentMs;
    this.stats.audioMs = (1000 * this.samples) / this.rate;
    this.stats.cpuShare = this.stats.processingMs / this.stats.audioMs;
    this.stats.longCalls = this.longCalls;
    const behind = this.live ? Math.floor((this.lateness.take() * this.rate) / (1000 * length)) : 0;
    this.stats.lateCalls = behind + this.lateAnswers;
    this.post(this.stats);
    this.samples = 0;
    this.spentMs = 0;
    this.longCalls = 0;
    this.lateAnswers = 0;
    this.repairedTold = false;
  }
}
