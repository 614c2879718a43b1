// Ways out of the page: a file, or the clipboard. Both work without a network, from a file as well as from a server.
import { announce, h } from './dom.js';

export function saveFile(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = h('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A button that copies a text and says so. */
export function copyButton(label: string, textOf: () => string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'small-button' }, label);
  button.addEventListener('click', () => {
    void copyText(textOf()).then((copied) => {
      const word = copied ? 'Copied' : 'Could not copy';
      button.textContent = word;
      announce(word);
      setTimeout(() => {
        button.textContent = label;
      }, 1600);
    });
  });
  return button;
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Where the clipboard is out of reach, e.g. without a secure context. */
function copyBySelection(text: string): boolean {
  const area = h('textarea', { class: 'unseen', 'aria-hidden': 'true', tabindex: -1 });
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}

/** A file name without anything that a file system or a shell would mind. */
export function fileName(words: string): string {
  const safe = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return safe === '' ? 'chart' : safe.slice(0, 60);
}
