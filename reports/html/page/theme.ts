// Light, dark, or as the system says; and the button that switches.
import { announce, h, s } from './dom.js';
import type { Theme } from './palette.js';

export { type Palette, paletteOf, type Theme } from './palette.js';

const KEY = 'seatrial-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners: (() => void)[] = [];

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

/** Calls `listener` whenever the colours change. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

/** Puts back what was chosen last time, and adds the button. */
export function startTheme(tools: Element): void {
  const stored = readChoice();
  if (stored !== null) document.documentElement.dataset.theme = stored;
  const button = h('button', { type: 'button', class: 'icon-button' });
  const label = (): void => {
    const other = currentTheme() === 'dark' ? 'light' : 'dark';
    button.setAttribute('aria-label', `Switch to ${other} colours`);
    button.title = `Switch to ${other} colours`;
    button.replaceChildren(icon(other));
  };
  const changed = (): void => {
    label();
    for (const listener of listeners) listener();
  };
  button.addEventListener('click', () => {
    const other = currentTheme() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = other;
    storeChoice(other);
    announce(`${other} colours`);
    changed();
  });
  system.addEventListener('change', changed);
  label();
  tools.append(button);
}

function icon(theme: Theme): SVGElement {
  const shape =
    theme === 'dark'
      ? [s('path', { d: 'M13.4 10.2A6 6 0 0 1 5.8 2.6a6 6 0 1 0 7.6 7.6Z', fill: 'currentColor' })]
      : [
          s('circle', { cx: 8, cy: 8, r: 3.2, fill: 'currentColor' }),
          s('path', {
            d: 'M8 .8v2M8 13.2v2M.8 8h2M13.2 8h2M2.9 2.9l1.4 1.4M11.7 11.7l1.4 1.4M13.1 2.9l-1.4 1.4M4.3 11.7l-1.4 1.4',
            stroke: 'currentColor',
            'stroke-width': 1.5,
            'stroke-linecap': 'round',
          }),
        ];
  return s('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true' }, shape);
}

function readChoice(): Theme | null {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}

function storeChoice(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    return;
  }
}
