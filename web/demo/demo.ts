import { openMicrophone, SAMPLE_RATE, type PercepNetAssets } from '../src/index.ts';
import { renderSound, type Rendered } from './analysis.ts';
import { loadEngine, readBundle } from './engine.ts';
import { keepOffline } from './offline.ts';
import { complain, element, forgetComplaint, saveAs, say } from './page.ts';
import { Pictures } from './pictures.ts';
import { Player, type Side } from './player.ts';
import { showModule } from './readings.ts';
import { strengthOf } from './settings.ts';
import { SettingsForm, type Change } from './settings_form.ts';
import { decodeSound } from './sources.ts';
import { Timeline } from './timeline.ts';
import { encodeWav, type SampleFormat } from './wav.ts';

const RENDER_AFTER = 250; // ms without a change of the settings

const controls = element<HTMLFormElement>('controls');
const fileInput = element<HTMLInputElement>('file');
const listen = element<HTMLInputElement>('listen');
const call = element<HTMLInputElement>('call');
const sides = { original: element('original'), suppressed: element('suppressed') };
const start = element<HTMLButtonElement>('start');
const replay = element<HTMLButtonElement>('replay');
const stop = element<HTMLButtonElement>('stop');
const download = element<HTMLButtonElement>('download');

const pictures = new Pictures();
const timeline = new Timeline((seconds) => player.seek(seconds));
const form = new SettingsForm(changeSettings);
const player = new Player(
  pictures,
  () => form.values,
  (seconds) => timeline.show(seconds),
);

let version = '';
let assets: PercepNetAssets | undefined;
/** The sound that is there as a whole: clip, file or finished recording; and what has become of it. */
let sound: Float32Array<ArrayBuffer>[] | null = null;
let rendered: Rendered | null = null;
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
  replay.disabled = player.running;
  start.disabled = assets === undefined || player.running || (source !== 'microphone' && sound === null);
  stop.disabled = !player.running;
  download.disabled = rendered === null || rendered.channels[0].length === 0;
}

function sayState(): void {
  if (player.running) say(player.recordsNow ? 'Recording.' : 'Playing in a loop.');
  else if (chosenSource() === 'microphone') say('Press Start to use the microphone.');
  else say(sound === null ? 'Choose an audio file.' : 'Ready: press Start to listen.');
}

async function load(): Promise<void> {
  assets = await loadEngine(form.values);
  showModule(assets, version);
}

/** Enhances the whole sound; a change of the settings meanwhile ends this. */
async function render(): Promise<void> {
  if (sound === null || assets === undefined) return;
  rendering = new AbortController();
  const { signal } = rendering;
  const progress = (share: number): void => say('Enhancing…', share);
  try {
    rendered = await renderSound(assets, sound, strengthOf(form.values), progress, signal);
  } catch (reason) {
    if (signal.aborted) return;
    throw reason;
  }
  timeline.setSuppressed(rendered.channels[0]);
  player.knownOffset = rendered.offset;
  if (!player.running) showWhole();
  sayState();
}

function showWhole(): void {
  if (sound === null || rendered === null) return;
  pictures.draw(sound[0], rendered);
  timeline.show(0);
}

async function setSound(channels: Float32Array<ArrayBuffer>[]): Promise<void> {
  sound = channels;
  timeline.setOriginal(sound[0]);
  await render();
}

function clearSound(): void {
  sound = rendered = null;
  player.knownOffset = 0;
  pictures.clear();
  timeline.hide();
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
  const stream = await openMicrophone({ echoCancellation: false }); // as it is
  clearSound();
  await player.start(assets!, { stream });
  player.listen = listen.checked;
  stream.getAudioTracks()[0].addEventListener('ended', () => run(halt)); // unplugged, or forbidden meanwhile
  await begun();
}

async function play(): Promise<void> {
  await player.start(assets!, { channels: sound! });
  await begun();
}

async function begun(): Promise<void> {
  refresh();
  stop.focus();
  sayState();
  await setCall();
}

async function halt(): Promise<void> {
  if (!player.running) return;
  const focused = document.activeElement === stop;
  const recorded = await player.stop();
  refresh();
  if (focused) start.focus();
  if (recorded.length > 0) await setSound([recorded]);
  else showWhole();
  say('Stopped.');
}

async function setCall(): Promise<void> {
  try {
    await player.setCall(call.checked);
  } catch (error) {
    call.checked = false;
    throw error;
  }
}

async function changeEngine(): Promise<void> {
  await load();
  player.applyStrength();
  await player.setAssets(assets!);
  await render();
  sayState();
}

function changeSettings(change: Change): void {
  if (change === 'engine') run(changeEngine);
  else if (change === 'match') player.applyLevel();
  else if (change === 'strength') {
    player.applyStrength();
    rendering.abort();
    clearTimeout(renderTimer);
    renderTimer = window.setTimeout(() => run(render), RENDER_AFTER);
  }
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
  if (key === 's') sides[player.side === 'original' ? 'suppressed' : 'original'].click();
  if (key === 'p') (player.running ? stop : start).click();
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
listen.addEventListener('change', () => (player.listen = listen.checked));
call.addEventListener('change', () => run(setCall));
for (const [side, radio] of Object.entries(sides))
  radio.addEventListener('change', () => (player.side = side as Side));
start.addEventListener('click', () => run(begin));
replay.addEventListener('click', () => run(play));
stop.addEventListener('click', () => run(halt));
download.addEventListener('click', save);
element('copy-link').addEventListener('click', () => run(copyLink));
document.addEventListener('keydown', obeyKey);
document.addEventListener('dragover', acceptDrop);
document.addEventListener('drop', acceptDrop);
refresh();
run(async () => {
  const bundle = await readBundle();
  version = bundle.version;
  form.offer(bundle);
  await load();
  await chooseSource();
  keepOffline();
});
