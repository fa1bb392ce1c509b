import { SAMPLE_RATE, type PercepNetAssets, type StatsEvent, type VoiceEvent } from '../src/index.ts';
import { element } from './page.ts';
import type { LiveSession } from './live.ts';
import type { CallFacts } from './loopback_call.ts';

const PERIODIC = 0.4; // correlation from which a pitch is worth showing

function write(id: string, text: string): void {
  element(id).textContent = text;
}

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(0)} ms`;
}

export function showVoice({ probability, snrDb, period, pitchCorrelation }: VoiceEvent): void {
  element<HTMLMeterElement>('voice').value = probability;
  write('snr', `${Math.round(snrDb)} dB`);
  write('pitch-now', pitchCorrelation < PERIODIC ? '–' : `${Math.round(SAMPLE_RATE / period)} Hz`);
}

let late = 0;

export function showStats({ cpuShare, longCalls, lateCalls }: StatsEvent, session: LiveSession): void {
  write('cpu', `${(100 * cpuShare).toFixed(1)} %`);
  late += longCalls + lateCalls;
  write('late', late === 0 ? 'never late' : late === 1 ? '1 late call' : `${late} late calls`);
  write('latency', `${milliseconds(session.node.latency)} + device ${milliseconds(session.deviceLatency)}`);
}

export function showCall(facts: CallFacts | null): void {
  element('call-facts').hidden = facts === null;
  if (facts === null) return;
  const { codec, kbps, bufferMs } = facts;
  write('call-facts', `${codec}, ${kbps.toFixed(0)} kbit/s, jitter buffer ${bufferMs.toFixed(0)} ms`);
}

/** `offset`: dB by which the original is the louder side, see loudness.ts; null = nothing is done about it. */
export function showMatch(offset: number | null): void {
  if (offset === null) return write('match-text', 'off');
  const side = offset > 0 ? 'original' : 'suppressed';
  const size = Math.abs(offset).toFixed(1);
  write('match-text', size === '0.0' ? 'both alike' : `${side} side ${size} dB down`);
}

export function showModule(
  { modelName, variant, model, moduleBytes }: PercepNetAssets,
  version: string,
): void {
  write('module', `${modelName}, ${variant}`);
  const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en')} KB`;
  write('build', `${version}: ${kilobytes(moduleBytes.byteLength)} + model ${kilobytes(model.byteLength)}`);
}

/** The readings of a stopped session. */
export function clearReadings(): void {
  element<HTMLMeterElement>('voice').value = 0;
  late = 0;
  write('pitch-now', '–');
  showCall(null);
}
