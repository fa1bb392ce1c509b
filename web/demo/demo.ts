import {
  loadPercepNet,
  renderOffline,
  SAMPLE_RATE,
  type NodeErrorEvent,
  type PercepNetAssets,
  type PercepNetOptions,
} from '../src/index.ts';
import { LiveSession } from './live.ts';
import { clearVoice, showModule, showStats, showVoice } from './readings.ts';
import { Recording } from './recording.ts';
import { decodeSound, openMicrophone } from './sources.ts';
import { Spectrogram } from './spectrogram.ts';
import { encodeWav, type SampleFormat } from './wav.ts';

const LIVE_SECONDS = 10;
const RECORDING_LIMIT = 600 * SAMPLE_RATE;

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const controls = element<HTMLFormElement>('controls');
const fileInput = element<HTMLInputElement>('file');
const listen = element<HTMLInputElement>('listen');
const enhance = element<HTMLInputElement>('enhance');
const attenuation = element<HTMLInputElement>('attenuation');
const postfilter = element<HTMLInputElement>('postfilter');
const model = element<HTMLSelectElement>('model');
const start = element<HTMLButtonElement>('start');
const stop = element<HTMLButtonElement>('stop');
const download = element<HTMLButtonElement>('download');
const status = element('status');
const error = element('error');
const cursors = document.querySelectorAll<HTMLElement>('.cursor');
const pictures = {
  noisy: new Spectrogram(element<HTMLCanvasElement>('noisy'), SAMPLE_RATE),
  enhanced: new Spectrogram(element<HTMLCanvasElement>('enhanced'), SAMPLE_RATE),
};

let assets: PercepNetAssets;
let noisy: Float32Array<ArrayBuffer>[] | null = null;
let enhanced: Float32Array<ArrayBuffer>[] | null = null;
let recordings: { noisy: Recording; enhanced: Recording } | null = null;
let session: LiveSession | null = null;
let renderTimer = 0;
let work = Promise.resolve();

function chosenSource(): string {
  return new FormData(controls).get('source') as string;
}

/** `bypass` is the switch's; a rendered file is always enhanced, so that both pictures stay comparable. */
function options(): PercepNetOptions {
  return { maxAttenuationDb: attenuation.valueAsNumber, postfilter: postfilter.valueAsNumber };
}

function say(text: string): void {
  status.textContent = text;
}

function complain(reason: unknown): void {
  error.textContent = reason instanceof Error ? reason.message : String(reason);
  error.hidden = false;
  say('');
}

/** Runs one action after the other, with errors shown on the page. */
function run(action: () => Promise<void>): void {
  work = work.then(async () => {
    error.hidden = true;
    try {
      await action();
    } catch (reason) {
      complain(reason);
    }
    refresh();
  });
}

function refresh(): void {
  const source = chosenSource();
  element('file-row').hidden = source !== 'file';
  element('listen-row').hidden = source !== 'microphone';
  start.disabled = assets === undefined || session !== null || (source !== 'microphone' && noisy === null);
  stop.disabled = session === null;
  download.disabled = enhanced === null || enhanced[0].length === 0;
  const limit = attenuation.valueAsNumber;
  element('attenuation-text').textContent = limit === 100 ? 'no limit' : `${limit} dB`;
  element('postfilter-text').textContent = `${Math.round(100 * postfilter.valueAsNumber)} %`;
  attenuation.setAttribute('aria-valuetext', element('attenuation-text').textContent!);
  postfilter.setAttribute('aria-valuetext', element('postfilter-text').textContent!);
}

async function loadModel(name?: string): Promise<void> {
  say('Loading the model…');
  assets = await loadPercepNet({ baseUrl: '.', ...(name === undefined ? {} : { model: name }) });
  showModule(assets.modelName, assets.variant);
}

async function fillModels(): Promise<void> {
  const { models } = (await (await fetch('models.json')).json()) as { models: { name: string }[] };
  model.replaceChildren(...models.map(({ name }) => new Option(name)));
  element('model-row').hidden = models.length < 2;
}

async function render(): Promise<void> {
  if (noisy === null) return;
  say('Enhancing…');
  let latency = 0;
  const tail = SAMPLE_RATE / 10;
  const rendered = await renderOffline(
    assets,
    noisy,
    options(),
    tail,
    (node) => (latency = Math.round(node.latency * SAMPLE_RATE)),
  );
  const length = noisy[0].length;
  enhanced = rendered.map((samples) => samples.slice(latency, latency + length));
  pictures.enhanced.draw(enhanced[0]);
  say(session === null ? 'Ready: press Start to listen.' : 'Playing in a loop.');
}

async function open(bytes: ArrayBuffer, name: string): Promise<void> {
  say('Reading the sound…');
  noisy = await decodeSound(bytes, name);
  pictures.noisy.draw(noisy[0]);
  await render();
}

async function chooseSource(): Promise<void> {
  await halt();
  noisy = enhanced = null;
  pictures.noisy.clear();
  pictures.enhanced.clear();
  const source = chosenSource();
  refresh();
  if (source === 'clip') await open(await (await fetch('clip.wav')).arrayBuffer(), 'clip.wav');
  else if (source === 'microphone') say('Press Start to use the microphone.');
  else if (fileInput.files?.length)
    await open(await fileInput.files[0].arrayBuffer(), fileInput.files[0].name);
  else say('Choose an audio file.');
}

async function begin(): Promise<void> {
  const settings = { ...options(), bypass: !enhance.checked };
  if (chosenSource() === 'microphone') await record(settings);
  else if (noisy !== null) session = await LiveSession.play(assets, noisy, settings);
  if (session === null) return;
  const running = session;
  running.node.addEventListener('voice', showVoice);
  running.node.addEventListener('stats', (event) => showStats(event, running));
  running.node.addEventListener('error', (event: NodeErrorEvent) => complain(event.error));
  say(chosenSource() === 'microphone' ? 'Recording.' : 'Playing in a loop.');
  refresh();
  stop.focus();
  requestAnimationFrame(moveCursors);
}

async function record(settings: PercepNetOptions): Promise<void> {
  const stream = await openMicrophone();
  pictures.noisy.clear();
  pictures.enhanced.clear();
  session = await LiveSession.record(assets, stream, settings, (noisyPiece, enhancedPiece) => {
    recordings ??= {
      noisy: new Recording(0, RECORDING_LIMIT),
      enhanced: new Recording(Math.round(session!.node.latency * SAMPLE_RATE), RECORDING_LIMIT),
    };
    pictures.noisy.append(recordings.noisy.add(noisyPiece), LIVE_SECONDS);
    pictures.enhanced.append(recordings.enhanced.add(enhancedPiece), LIVE_SECONDS);
  });
  session.listen = listen.checked;
}

async function halt(): Promise<void> {
  if (session === null) return;
  const focused = document.activeElement === stop;
  await session.stop();
  session = null;
  if (recordings !== null) enhanced = [recordings.enhanced.samples()];
  recordings = null;
  clearVoice();
  say('Stopped.');
  refresh();
  if (focused) start.focus();
}

function moveCursors(): void {
  const seconds = noisy === null ? 0 : noisy[0].length / SAMPLE_RATE;
  for (const cursor of cursors) {
    cursor.hidden = session === null || seconds === 0;
    if (session !== null && seconds > 0) cursor.style.left = `${(100 * (session.time % seconds)) / seconds}%`;
  }
  if (session !== null) requestAnimationFrame(moveCursors);
}

function changeOptions(): void {
  refresh();
  if (session !== null) Object.assign(session.node, options());
  clearTimeout(renderTimer);
  renderTimer = window.setTimeout(() => run(render), 250);
}

function save(): void {
  if (enhanced === null) return;
  const format = element<HTMLSelectElement>('format').value as SampleFormat;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(encodeWav(enhanced, SAMPLE_RATE, format));
  link.download = 'enhanced.wav';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say('Saved as enhanced.wav.');
}

controls.addEventListener('submit', (event) => event.preventDefault());
controls
  .querySelectorAll('[name=source]')
  .forEach((radio) => radio.addEventListener('change', () => run(chooseSource)));
fileInput.addEventListener('change', () => run(chooseSource));
listen.addEventListener('change', () => session !== null && (session.listen = listen.checked));
enhance.addEventListener('change', () => session !== null && (session.node.bypass = !enhance.checked));
attenuation.addEventListener('input', changeOptions);
postfilter.addEventListener('input', changeOptions);
model.addEventListener('change', () =>
  run(async () => {
    await halt();
    await loadModel(model.value);
    await chooseSource();
  }),
);
start.addEventListener('click', () => run(begin));
stop.addEventListener('click', () => run(halt));
download.addEventListener('click', save);
refresh();
run(async () => {
  await fillModels();
  await loadModel();
  await chooseSource();
});
