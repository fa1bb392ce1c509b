import type { StatsEvent, VoiceEvent } from '../src/index.ts';
import type { LiveSession } from './live.ts';

const voice = document.getElementById('voice') as HTMLMeterElement;

function write(id: string, text: string): void {
  document.getElementById(id)!.textContent = text;
}

export function showVoice({ probability, snrDb }: VoiceEvent): void {
  voice.value = probability;
  write('snr', `${Math.round(snrDb)} dB`);
}

export function showStats({ cpuShare }: StatsEvent, session: LiveSession): void {
  const ms = (seconds: number): string => (1000 * seconds).toFixed(0);
  write('cpu', `${(100 * cpuShare).toFixed(1)} %`);
  write('latency', `${ms(session.node.latency)} ms + device ${ms(session.deviceLatency)} ms`);
}

export function showModule(modelName: string, variant: string): void {
  write('module', `${modelName}, ${variant}`);
}

/** The voice meter of a stopped session. */
export function clearVoice(): void {
  voice.value = 0;
}
