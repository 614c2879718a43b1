// The small shapes that say in form what a tone says in colour.
import { s } from '../dom.js';
import type { Tone } from './graph.js';

const PATHS: Readonly<Record<Tone['shape'], string>> = {
  none: 'M-4 0h8',
  dot: 'M0-4a4 4 0 1 0 0 8 4 4 0 1 0 0-8Z',
  square: 'M-4-4h8v8h-8Z',
  triangle: 'M0-5 5 4h-10Z',
  diamond: 'M0-5.5 5.5 0 0 5.5-5.5 0Z',
  cross: 'M-4-4 4 4M4-4-4 4',
  plus: 'M-1.5-5h3v3.5H5v3H1.5V5h-3V1.5H-5v-3h3.5Z',
  up: 'M0-5 5 4h-10Z',
  down: 'M0 5 5-4h-10Z',
};

/** Centred on 0, 0; about ten pixels wide. */
export function toneShape({ shape, className }: Tone): SVGPathElement {
  return s('path', { d: PATHS[shape], class: `tone-shape shape-${shape} ${className}` });
}

/** The shape in a line of text. */
export function toneIcon(tone: Tone): SVGSVGElement {
  return s(
    'svg',
    { class: 'tone-icon', viewBox: '-7 -7 14 14', width: 14, height: 14, 'aria-hidden': 'true' },
    toneShape(tone),
  );
}
