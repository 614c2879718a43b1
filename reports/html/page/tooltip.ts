// One small box beside the pointer that shows the fields of what lies under it. Those who do not point read the data as a table.
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
      h('div', {}, h('span', {}, key), h('span', {}, h('bdi', {}, valueText(value)))),
    ),
  );
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - width - 8);
  const top = event.clientY + 16 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 16;
  box.style.left = `${Math.max(8, left)}px`;
  box.style.top = `${Math.max(8, top)}px`;
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);
}
