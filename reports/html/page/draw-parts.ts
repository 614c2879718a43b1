// Draws the parts of a report one after the other, so that the page can be read and used meanwhile.
import { mountOf } from './dom.js';

/** Gives the browser a turn between two parts. Sets `data-drawn` on the page when all are done. */
export function drawParts(parts: Readonly<Record<string, (mount: HTMLElement) => void>>): void {
  const open = Object.entries(parts);
  const next = (): void => {
    const part = open.shift();
    if (part === undefined) {
      document.documentElement.dataset.drawn = 'true';
      return;
    }
    const mount = mountOf(part[0]);
    if (mount !== null) part[1](mount);
    setTimeout(next);
  };
  next();
}
