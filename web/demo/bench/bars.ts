import type { Figures } from './measure.ts';

/** A picture of the costs: one bar each, longest the dearest. The table below it has the same figures. */
export function drawBars(list: HTMLElement, figures: Figures[]): void {
  const longest = Math.max(...figures.map(({ perFrame }) => perFrame.median));
  list.replaceChildren(
    ...figures.map(({ model, variant, perFrame }) => {
      const item = document.createElement('div');
      const name = document.createElement('span');
      name.textContent = `${model}, ${variant}`;
      const bar = document.createElement('meter');
      bar.ariaLabel = name.textContent;
      bar.max = longest;
      bar.value = Math.max(0, perFrame.median);
      const value = document.createElement('span');
      value.textContent = `${perFrame.median.toFixed(0)} µs`;
      item.append(name, bar, value);
      return item;
    }),
  );
}
