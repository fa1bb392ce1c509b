import type { Figures, Results } from './measure.ts';

/** Heading and text of every column, in both tables of the page. */
type Column = [heading: string, text: (figures: Figures) => string];

const FRAME_US = 10_000;

export const COST: Column[] = [
  ['µs per frame', ({ perFrame }) => perFrame.median.toFixed(0)],
  ['quartiles', ({ perFrame }) => `${perFrame.q1.toFixed(0)}–${perFrame.q3.toFixed(0)}`],
  ['share of a core', ({ perFrame }) => `${((100 * perFrame.median) / FRAME_US).toFixed(1)} %`],
  ['by its calls, µs', ({ inWorklet }) => inWorklet.toFixed(0)],
  ['99.9 % of calls, ms', ({ calls }) => (calls.p999 / 1000).toFixed(2)],
  ['worst call, ms', ({ calls }) => (calls.worst / 1000).toFixed(2)],
];

export const START: Column[] = [
  ['all', ({ coldStart: c }) => milliseconds(c.load + c.node)],
  ['fetch', ({ coldStart: c }) => milliseconds(c.fetch)],
  ['compile', ({ coldStart: c }) => milliseconds(c.compile)],
  ['instantiate', ({ coldStart: c }) => milliseconds(c.instantiate)],
  ['with its model', ({ coldStart: c }) => milliseconds(c.enhancer)],
  ['first frame', ({ coldStart: c }) => milliseconds(c.firstFrame)],
  ['node', ({ coldStart: c }) => milliseconds(c.node)],
];

function milliseconds(value: number): string {
  return value.toFixed(1);
}

/** Fills a table; the first two columns are headings of the rows. */
export function fillTable(table: HTMLTableElement, columns: Column[], figures: Figures[]): void {
  const head = table.createTHead();
  const body = table.tBodies[0] ?? table.createTBody();
  head.replaceChildren(row(['model', 'module', ...columns.map(([heading]) => heading)], () => 'col'));
  body.replaceChildren(
    ...figures.map((one) =>
      row([one.model, one.variant, ...columns.map(([, text]) => text(one))], (index) =>
        index < 2 ? 'row' : null,
      ),
    ),
  );
}

function row(texts: string[], scopeOf: (index: number) => string | null): HTMLTableRowElement {
  const made = document.createElement('tr');
  texts.forEach((text, index) => {
    const scope = scopeOf(index);
    const cell = document.createElement(scope === null ? 'td' : 'th');
    if (scope !== null) cell.setAttribute('scope', scope);
    cell.textContent = text;
    made.append(cell);
  });
  return made;
}

/** Both tables as Markdown, with what they were measured on. */
export function asMarkdown(results: Results): string {
  const facts = `${results.userAgent}; ${results.cores} cores; ${describeClock(results)}`;
  return [facts, table(COST, results.figures), table(START, results.figures)].join('\n\n');
}

function table(columns: Column[], figures: Figures[]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const headings = ['model', 'module', ...columns.map(([heading]) => heading)];
  const rows = figures.map((one) => line([one.model, one.variant, ...columns.map(([, text]) => text(one))]));
  return [line(headings), line(headings.map(() => '---')), ...rows].join('\n');
}

export function describeClock({ clock, rounds, seconds, crossOriginIsolated }: Results): string {
  const effort = `${rounds} rounds of ${seconds} s`;
  if (clock.kind === 'date')
    return `${effort}; no fine clock on the audio thread in this browser: single calls are known to whole milliseconds only.`;
  const steps = `${effort}; clock of the audio thread in steps of ${(1000 * clock.resolutionMs).toFixed(0)} µs`;
  return crossOriginIsolated ? `${steps}.` : `${steps} (finer where a page is cross-origin isolated).`;
}
