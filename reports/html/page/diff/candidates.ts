// The candidate that is looked at: what the markup says of the others is hidden, and each part is drawn once for each candidate, when it is
// first wanted, and then only shown and hidden, so that filters and selections stay as they were left.
import { segmented, selectBox } from '../controls.js';
import { announce, h, replaceChildren } from '../dom.js';

/** Draws a part for the candidate of this number. */
type DrawCandidate = (mount: HTMLElement, candidate: number) => void;

/** More names than this, or longer ones together, do not fit side by side. */
const BUTTONS_MAX = 4;
const NAMES_LENGTH_MAX = 100;

export class CandidateViews {
  private chosen = 0;
  private readonly shows: (() => void)[] = [];

  constructor(private readonly names: readonly string[]) {
    this.showBlocks();
  }

  /** A part of the page: `draw` is called for each candidate at most once. */
  mount(parent: HTMLElement, draw: DrawCandidate): void {
    const views = new Map<number, HTMLElement>();
    const show = (): void => {
      if (!views.has(this.chosen)) {
        const view = h('div');
        views.set(this.chosen, view);
        parent.append(view);
        draw(view, this.chosen);
      }
      for (const [candidate, view] of views) view.hidden = candidate !== this.chosen;
    };
    this.shows.push(show);
    show();
  }

  /** The bar that stays in sight over all that is said of one candidate. */
  drawChooser(mount: HTMLElement): void {
    mount.closest('section')?.after(mount);
    const choices = this.names.map((label, i) => ({ label, value: String(i) }));
    const choose = (value: string): void => this.choose(Number(value));
    const isShort = this.names.length <= BUTTONS_MAX && this.names.join('').length <= NAMES_LENGTH_MAX;
    replaceChildren(mount, (isShort ? segmented : selectBox)('Candidate', choices, '0', choose));
  }

  private choose(candidate: number): void {
    this.chosen = candidate;
    this.showBlocks();
    for (const show of this.shows) show();
    announce(`candidate ${this.names[candidate]!}`);
  }

  private showBlocks(): void {
    for (const block of document.querySelectorAll<HTMLElement>('[data-candidate]')) {
      block.hidden = block.dataset.candidate !== String(this.chosen);
    }
  }
}
