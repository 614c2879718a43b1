// The page of a comparison: each part is drawn into its place, for the candidate that is looked at.
import { readDiff } from '../data.js';
import { drawParts } from '../draw-parts.js';

export function drawDiff(): void {
  readDiff();
  drawParts({});
}
