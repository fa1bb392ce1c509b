import type { Rendered } from './analysis.ts';
import { DecisionViews } from './decision_views.ts';
import type { Decisions } from './decisions.ts';
import { element } from './page.ts';
import { Spectrogram } from './spectrogram.ts';

/** All pictures of the page: of a whole sound, or of a running one. */
export class Pictures {
  private readonly before = new Spectrogram(element<HTMLCanvasElement>('noisy'));
  private readonly after = new Spectrogram(element<HTMLCanvasElement>('enhanced'));
  private readonly decisions = new DecisionViews();

  clear(): void {
    this.before.clear();
    this.after.clear();
    this.decisions.clear();
  }

  draw(original: Float32Array, rendered: Rendered): void {
    this.before.draw(original);
    this.after.draw(rendered.channels[0]);
    this.decisions.draw(rendered.decisions);
  }

  /** The next piece of what comes in and of what is heard: whole frames of 10 ms. */
  append(before: Float32Array, after: Float32Array): void {
    this.before.append(before);
    this.after.append(after);
  }

  appendDecisions(decisions: Decisions): void {
    this.decisions.append(decisions);
  }

  /** Once per animation frame. */
  advance(): void {
    this.before.advance();
    this.after.advance();
    this.decisions.advance();
  }
}
