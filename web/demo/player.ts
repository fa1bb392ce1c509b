import { SAMPLE_RATE, type NodeErrorEvent, type PercepNetAssets } from '../src/index.ts';
import { Follower } from './analysis.ts';
import type { Decisions } from './decisions.ts';
import { LiveSession, type Input } from './live.ts';
import { complain } from './page.ts';
import type { Pictures } from './pictures.ts';
import { clearReadings, showCall, showMatch, showStats, showVoice } from './readings.ts';
import { Recording } from './recording.ts';
import { strengthOf, type Settings } from './settings.ts';

const RECORDING_LIMIT = 600 * SAMPLE_RATE;
const CALL_FACTS_EVERY = 1000; // ms

export type Side = 'original' | 'suppressed';

/** Plays a sound or records a microphone, one at a time, and shows what happens meanwhile. */
export class Player {
  private session: LiveSession | null = null;
  private follower: Follower | null = null;
  private recording: Recording | null = null;
  private currentSide: Side = 'suppressed';
  /** dB by which the original is the louder side. */
  private offset = 0;

  /** `settings` are read when needed. `onPosition` gets seconds into a sound, with every animation frame. */
  constructor(
    private readonly pictures: Pictures,
    private readonly settings: () => Readonly<Settings>,
    private readonly onPosition: (seconds: number) => void,
  ) {
    setInterval(() => void this.askCall(), CALL_FACTS_EVERY);
  }

  get running(): boolean {
    return this.session !== null;
  }

  /** Whether a microphone is recorded. */
  get recordsNow(): boolean {
    return this.recording !== null;
  }

  get side(): Side {
    return this.currentSide;
  }
  set side(side: Side) {
    this.currentSide = side;
    if (this.session !== null) this.session.node.bypass = side === 'original';
    this.applyLevel();
  }

  set listen(on: boolean) {
    if (this.session !== null) this.session.listen = on;
  }

  async start(assets: PercepNetAssets, input: Input): Promise<void> {
    if ('stream' in input) this.recording = new Recording(RECORDING_LIMIT);
    const { execution } = this.settings();
    const options = { ...strengthOf(this.settings()), execution, bypass: this.side === 'original' };
    try {
      this.session = await LiveSession.open(assets, input, options, (before, after) =>
        this.takePiece(before, after),
      );
    } catch (error) {
      this.recording = null;
      throw error;
    }
    const { node } = this.session;
    node.addEventListener('voice', showVoice);
    node.addEventListener('stats', (event) => this.session && showStats(event, this.session));
    node.addEventListener('error', (event: NodeErrorEvent) => complain(event.error));
    this.pictures.clear();
    this.follow(assets);
    this.applyLevel();
    this.animate(this.session);
  }

  /** Gives what was recorded, 48 kHz, mono; empty if nothing was. */
  async stop(): Promise<Float32Array<ArrayBuffer>> {
    const recorded = this.recording?.samples() ?? new Float32Array(0);
    this.follower?.stop();
    await this.session?.stop();
    this.session = this.follower = this.recording = null;
    clearReadings();
    return recorded;
  }

  seek(seconds: number): void {
    this.session?.seek(seconds);
  }

  /** The newest strength, for what runs. */
  applyStrength(): void {
    const strength = strengthOf(this.settings());
    if (this.session !== null) Object.assign(this.session.node, strength);
    this.follower?.setOptions(strength);
  }

  /** Goes on with another model or module, without a gap. */
  async setAssets(assets: PercepNetAssets): Promise<void> {
    if (this.session === null) return;
    await this.session.node.setAssets(assets);
    this.follow(assets);
  }

  /** Through a call, or no longer. Rejects with an Error for the page. */
  async setCall(on: boolean): Promise<void> {
    showCall(null);
    await this.session?.setCall(on);
  }

  /** dB by which the original is the louder side, where that is known beforehand. */
  set knownOffset(db: number) {
    this.offset = db;
    this.applyLevel();
  }

  /** Turns the louder side down. */
  applyLevel(): void {
    const { match } = this.settings();
    const louderBy = this.side === 'original' ? this.offset : -this.offset;
    if (this.session !== null) this.session.levelDb = match ? Math.min(0, -louderBy) : 0;
    showMatch(match ? this.offset : null);
  }

  private takePiece(before: Float32Array<ArrayBuffer>, after: Float32Array<ArrayBuffer>): void {
    this.recording?.add(before);
    this.pictures.append(before, after);
    this.follower?.add(before);
  }

  /** Has the running sound's decisions and loudness worked out. */
  private follow(assets: PercepNetAssets): void {
    this.follower?.stop();
    const onPiece = (decisions: Decisions, offset: number): void => {
      this.pictures.appendDecisions(decisions);
      if (this.recording !== null) this.knownOffset = offset; // a whole sound's stays as it is
    };
    this.follower = new Follower(assets, strengthOf(this.settings()), onPiece, complain);
  }

  /** Until the session ends, with every animation frame. */
  private animate(session: LiveSession): void {
    if (this.session !== session) return;
    this.pictures.advance();
    this.onPosition(session.position);
    requestAnimationFrame(() => this.animate(session));
  }

  private async askCall(): Promise<void> {
    const facts = await this.session?.call?.facts();
    if (facts !== undefined && this.session?.call) showCall(facts);
  }
}
