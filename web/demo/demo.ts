import {
  isSupported,
  loadPercepNet,
  SAMPLE_RATE,
  type NodeErrorEvent,
  type PercepNetAssets,
  type Variant,
} from '../src/index.ts';
import { Follower, renderSound, type Rendered } from './analysis.ts';
import { DecisionViews } from './decision_views.ts';
import { LiveSession, type Input } from './live.ts';
import { keepOffline } from './offline.ts';
import { complain, element, forgetComplaint, saveAs, say } from './page.ts';
import { clearReadings, showCall, showMatch, showModule, showStats, showVoice } from './readings.ts';
import { Recording } from './recording.ts';
import { SettingsForm, type Change } from './settings_form.ts';
import { decodeSound, openMicrophone } from './sources.ts';
import { Spectrogram } from './spectrogram.ts';
import { Timeline } from './timeline.ts';
import { encodeWav, type SampleFormat } from './wav.ts';

const RECORDING_LIMIT = 600 * SAMPLE_RATE;
const CALL_FACTS_EVERY = 1000; // ms
const RENDER_AFTER = 250; // ms without a change of the settings

const controls = element<HTMLFormElement>('controls');
const fileInput = element<HTMLInputElement>('file');
const listen = element<HTMLInputElement>('listen');
const call = element<HTMLInputElement>('call');
const suppressed = element<HTMLInputElement>('suppressed');
const original = element<HTMLInputElement>('original');
const start = element<HTMLButtonElement>('start');
const replay = element<HTMLButtonElement>('replay');
const stop = element<HTMLButtonElement>('stop');
const download = element<HTMLButtonElement>('download');

const before = new Spectrogram(element<HTMLCanvasElement>('noisy'));
const after = new Spectrogram(element<HTMLCanvasElement>('enhanced'));
const decisionViews = new DecisionViews();
const timeline = new Timeline((seconds) => session?.seek(seconds));
const form = new SettingsForm(changeSettings);

let version = '';
let assets: PercepNetAssets | undefined;
/** The sound that is there as a whole: clip, file or finished recording. */
let sound: Float32Array<ArrayBuffer>[] | null = null;
let rendered: Rendered | null = null;
let session: LiveSession | null = null;
let recording: Recording | null = null;
let follower: Follower | null = null;
/** dB by which the original is the louder side. */
let offset = 0;
let rendering = new AbortController();
let renderTimer = 0;
let work = Promise.resolve();

function chosenSource(): string {
  return new FormData(controls).get('source') as string;
}

/** Runs one action after the other, with errors shown on the page. */
function run(action: () => Promise<void>): void {
  work = work.then(async () => {
    forgetComplaint();
    try {
      await action();
    } catch (reason) {
      complain(reason);
    }
    refresh();
  });
}

/** Which controls make sense now. */
function refresh(): void {
  const source = chosenSource();
  element('file-row').hidden = source !== 'file';
  element('listen-row').hidden = source !== 'microphone';
  replay.hidden = source !== 'microphone' || sound === null;
  replay.disabled = session !== null;
  start.disabled = assets === undefined || session !== null || (source !== 'microphone' && sound === null);
  stop.disabled = session === null;
  download.disabled = rendered === null || rendered.channels[0].length === 0;
}

async function loadEngine(): Promise<void> {
  const { supported, reasons } = isSupported();
  if (!supported) throw new Error(`PercepNet does not run here: ${reasons.join('; ')}.`);
  const { model, variant } = form.values;
  const downloads = new AbortController();
  try {
    assets = await loadPercepNet({
      baseUrl: '.',
      onProgress: ({ loaded, total }) => say('Loading the model…', loaded / total),
      signal: downloads.signal,
      ...(model === '' ? {} : { model }),
      ...(variant === 'auto' ? {} : { simd: variant }),
    });
  } finally {
    downloads.abort(); // nothing goes on behind an error
  }
  showModule(assets, version);
}

async function readBundle(): Promise<void> {
  const read = async <T>(name: string): Promise<T> => (await (await fetch(name)).json()) as T;
  const [{ models }, manifest] = await Promise.all([
    read<{ models: { name: string }[] }>('models.json'),
    read<{ version: string; missing?: Partial<Record<Variant, string>> }>('manifest.json'),
  ]);
  version = manifest.version;
  form.offer(
    models.map(({ name }) => name),
    manifest.missing ?? {},
  );
}

/** Enhances the whole sound; a later call, or a change of the settings, ends this one. */
async function render(): Promise<void> {
  if (sound === null || assets === undefined) return;
  rendering = new AbortController();
  const { signal } = rendering;
  const progress = (share: number): void => say('Enhancing…', share);
  try {
    rendered = await renderSound(assets, sound, form.options, progress, signal);
  } catch (reason) {
    if (signal.aborted) return;
    throw reason;
  }
  timeline.setSuppressed(rendered.channels[0]);
  setOffset(rendered.offset);
  if (session === null) showWhole();
  sayState();
}

function sayState(): void {
  if (session !== null) say(sound === null ? 'Recording.' : 'Playing in a loop.');
  else if (chosenSource() === 'microphone') say('Press Start to use the microphone.');
  else say(sound === null ? 'Choose an audio file.' : 'Ready: press Start to listen.');
}

function showWhole(): void {
  if (sound === null || rendered === null) return;
  before.draw(sound[0]);
  after.draw(rendered.channels[0]);
  decisionViews.draw(rendered.decisions);
  timeline.show(0);
}

async function setSound(channels: Float32Array<ArrayBuffer>[]): Promise<void> {
  sound = channels;
  timeline.setOriginal(sound[0]);
  await render();
}

function clearSound(): void {
  sound = rendered = null;
  clearPictures();
  timeline.hide();
}

function clearPictures(): void {
  before.clear();
  after.clear();
  decisionViews.clear();
}

async function open(bytes: ArrayBuffer, name: string): Promise<void> {
  say('Reading the sound…');
  await setSound(await decodeSound(bytes, name));
}

async function chooseSource(): Promise<void> {
  await halt();
  clearSound();
  refresh();
  const source = chosenSource();
  if (source === 'clip') await open(await (await fetch('clip.wav')).arrayBuffer(), 'clip.wav');
  else if (source === 'file' && fileInput.files?.length)
    await open(await fileInput.files[0].arrayBuffer(), fileInput.files[0].name);
  else sayState();
}

async function begin(): Promise<void> {
  if (chosenSource() !== 'microphone') return play();
  const stream = await openMicrophone();
  clearSound();
  recording = new Recording(RECORDING_LIMIT);
  await listenTo({ stream });
  session!.listen = listen.checked;
  sayState();
}

async function play(): Promise<void> {
  if (sound === null) return;
  await listenTo({ channels: sound });
  sayState();
}

async function listenTo(input: Input): Promise<void> {
  if (assets === undefined) return;
  const running = await LiveSession.open(
    assets,
    input,
    { ...form.options, bypass: original.checked },
    (noisy, heard) => {
      recording?.add(noisy);
      before.append(noisy);
      after.append(heard);
      follower?.add(noisy);
    },
  );
  session = running;
  clearPictures();
  follow();
  running.node.addEventListener('voice', showVoice);
  running.node.addEventListener('stats', (event) => showStats(event, running));
  running.node.addEventListener('error', (event: NodeErrorEvent) => complain(event.error));
  setOffset(rendered?.offset ?? 0);
  refresh();
  stop.focus();
  animate(running);
  await setCall();
}

/** Has the running sound's decisions and loudness worked out, with the newest model. */
function follow(): void {
  follower?.stop();
  follower = assets === undefined ? null : new Follower(assets, form.options, followed, complain);
}

/** Of a whole sound the offset is known already, and stays as it is while the sound plays. */
function followed(decisions: Rendered['decisions'], offsetSoFar: number): void {
  decisionViews.append(decisions);
  if (rendered === null) setOffset(offsetSoFar);
}

/** The louder side is turned down. */
function setOffset(db: number): void {
  offset = db;
  const ownOffset = original.checked ? offset : -offset;
  if (session !== null) session.levelDb = form.values.match ? Math.min(0, -ownOffset) : 0;
  if (form.values.match) showMatch(offset);
  else element('match-text').textContent = 'off';
}

function hear(): void {
  if (session !== null) session.node.bypass = original.checked;
  setOffset(offset);
}

async function halt(): Promise<void> {
  if (session === null) return;
  const focused = document.activeElement === stop;
  const recorded = recording?.samples() ?? new Float32Array(0);
  await session.stop();
  follower?.stop();
  session = follower = recording = null;
  clearReadings();
  refresh();
  if (focused) start.focus();
  if (recorded.length > 0) await setSound([recorded]);
  else showWhole();
  say('Stopped.');
}

/** Without a gap in a running sound. */
async function changeEngine(): Promise<void> {
  await loadEngine();
  if (session !== null && assets !== undefined) {
    Object.assign(session.node, form.options);
    await session.node.setAssets(assets);
    follow();
  }
  await render();
  sayState();
}

function changeSettings(change: Change): void {
  if (change === 'engine') run(changeEngine);
  else if (change === 'match') setOffset(offset);
  else if (change === 'strength') {
    if (session !== null) Object.assign(session.node, form.options);
    follower?.setOptions(form.options);
    rendering.abort();
    clearTimeout(renderTimer);
    renderTimer = window.setTimeout(() => run(render), RENDER_AFTER);
  }
}

async function setCall(): Promise<void> {
  showCall(null);
  try {
    await session?.setCall(call.checked);
  } catch (error) {
    call.checked = false;
    throw error;
  }
}

async function askCall(): Promise<void> {
  const facts = await session?.call?.facts();
  if (facts !== undefined && session?.call) showCall(facts);
}

/** Until the session ends, with every animation frame. */
function animate(running: LiveSession): void {
  if (session !== running) return;
  before.advance();
  after.advance();
  decisionViews.advance();
  if (sound !== null) timeline.show(running.position);
  requestAnimationFrame(() => animate(running));
}

function save(): void {
  if (rendered === null || sound === null) return;
  const side = element<HTMLSelectElement>('side').value;
  const format = element<HTMLSelectElement>('format').value as SampleFormat;
  saveAs(`${side}.wav`, encodeWav(side === 'original' ? sound : rendered.channels, SAMPLE_RATE, format));
  say(`Saved as ${side}.wav.`);
}

async function copyLink(): Promise<void> {
  await navigator.clipboard.writeText(location.href).then(
    () => say('The link with these settings is copied.'),
    () => say('Copy the address of this page: it holds these settings.'),
  );
}

function obeyKey(event: KeyboardEvent): void {
  const typing = (event.target as Element).matches('select, input:not([type=radio], [type=checkbox])');
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (!form.values.shortcuts || typing || modified || event.repeat) return;
  const key = event.key.toLowerCase();
  if (key === 's') (original.checked ? suppressed : original).click();
  if (key === 'p') (session === null ? start : stop).click();
}

function acceptDrop(event: DragEvent): void {
  event.preventDefault();
  if (event.type !== 'drop' || !event.dataTransfer?.files.length) return;
  fileInput.files = event.dataTransfer.files;
  element<HTMLInputElement>('from-file').checked = true;
  run(chooseSource);
}

controls.addEventListener('submit', (event) => event.preventDefault());
controls
  .querySelectorAll('[name=source]')
  .forEach((radio) => radio.addEventListener('change', () => run(chooseSource)));
fileInput.addEventListener('change', () => run(chooseSource));
listen.addEventListener('change', () => session !== null && (session.listen = listen.checked));
call.addEventListener('change', () => run(setCall));
[original, suppressed].forEach((radio) => radio.addEventListener('change', hear));
start.addEventListener('click', () => run(begin));
replay.addEventListener('click', () => run(play));
stop.addEventListener('click', () => run(halt));
download.addEventListener('click', save);
element('copy-link').addEventListener('click', () => run(copyLink));
document.addEventListener('keydown', obeyKey);
document.addEventListener('dragover', acceptDrop);
document.addEventListener('drop', acceptDrop);
setInterval(() => void askCall(), CALL_FACTS_EVERY);
refresh();
run(async () => {
  await readBundle();
  await loadEngine();
  await chooseSource();
  keepOffline();
});
