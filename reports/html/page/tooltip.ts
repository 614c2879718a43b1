// One small box beside the pointer that shows the fields of what lies under it. Those who do not point read the data as a table.
import { formatDurationMs, formatNumber, formatShare } from '../../numbers.js';
import { h, replaceChildren } from './dom.js';

const box = h('div', { class: 'tooltip', role: 'presentation', hidden: true });

export function showTooltip(event: MouseEvent, row: Readonly<Record<string, unknown>> | null): void {
  if (row === null) {
    box.hidden = true;
    return;
  }
  if (!box.isConnected) document.body.append(box);
  replaceChildren(
    box,
    Object.entries(row).map(([key, value]) =>
      h('div', {}, h('span', {}, key.replace(/ ms$/, '')), h('span', {}, h('bdi', {}, valueText(key, value)))),
    ),
  );
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - width - 8);
  const top = event.clientY + 16 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 16;
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = `${Math.max(8, top)}px`;
}

function valueText(key: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  if (/(^| )ms$/.test(key)) return formatDurationMs(value);
  return /^share( |$)/.test(key) ? formatShare(value) : formatNumber(value);
}
