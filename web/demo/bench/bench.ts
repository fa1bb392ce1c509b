/**
 * The page that measures a visitor's device. It puts into the global scope, for `percepnet bench`, which drives it:
 *
 *   percepnet     the library (index.ts)
 *   benchmark     what this page measures with
 */
import * as percepnet from '../../src/index.ts';
import { drawBars } from './bars.ts';
import { coldStart } from './cold_start.ts';
import { measure, type Effort, type Results } from './measure.ts';
import { packagedSuppressor, percepnetSuppressor } from './suppressors.ts';
import { asMarkdown, COST, describeClock, fillTable, START } from './tables.ts';
import { TimedStream } from './timed_stream.ts';

const THOROUGH: Effort = { rounds: 7, seconds: 3 };
const QUICK: Effort = { rounds: 2, seconds: 1 };

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const start = element<HTMLButtonElement>('start');
const quick = element<HTMLInputElement>('quick');
const status = element('status');
const error = element('error');
const bar = element<HTMLProgressElement>('progress');
let results: Results | null = null;

function showProgress(done: number, all: number, what: string): void {
  bar.max = all;
  bar.value = done;
  status.textContent = what;
}

function show(found: Results): void {
  drawBars(element('bars'), found.figures);
  fillTable(element<HTMLTableElement>('cost'), COST, found.figures);
  fillTable(element<HTMLTableElement>('cold'), START, found.figures);
  element('clock').textContent = describeClock(found);
  element('json').textContent = JSON.stringify(found, null, 2);
  element('results').hidden = false;
}

async function run(): Promise<void> {
  start.disabled = true;
  error.hidden = true;
  bar.hidden = false;
  try {
    results = await measure(quick.checked ? QUICK : THOROUGH, showProgress);
    show(results);
    status.textContent = 'Done.';
  } catch (reason) {
    error.textContent = reason instanceof Error ? reason.message : String(reason);
    error.hidden = false;
    status.textContent = '';
  }
  bar.hidden = true;
  start.disabled = false;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = 'Copied.';
  } catch {
    status.textContent = 'Copying is not allowed here: open “The figures as JSON” and copy them from there.';
  }
}

start.addEventListener('click', () => void run());
element('copy-table').addEventListener('click', () => void copy(asMarkdown(results!)));
element('copy-json').addEventListener('click', () => void copy(JSON.stringify(results, null, 2)));
start.disabled = false;
status.textContent = 'Ready. Close other programs first; it takes about a minute.';

const benchmark = { coldStart, measure, packagedSuppressor, percepnetSuppressor, TimedStream };
Object.assign(globalThis, { percepnet, benchmark });
