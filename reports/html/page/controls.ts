// Small form controls with their labels.
import { type Child, freshId, h } from './dom.js';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A label and a drop-down list; `onChange` gets the chosen value. */
export function selectBox(
  label: string,
  choices: readonly Choice[],
  value: string,
  onChange: (value: string) => void,
): HTMLElement {
  const id = freshId('select');
  const select = h(
    'select',
    { id },
    choices.map((choice) => h('option', { value: choice.value, selected: choice.value === value }, choice.label)),
  );
  select.addEventListener('change', () => onChange(select.value));
  return h('span', { class: 'control' }, h('label', { for: id }, label), select);
}

/** One of a few, side by side: radio buttons that look like a switch. */
export function segmented(
  label: string,
  choices: readonly Choice[],
  value: string,
  onChange: (value: string) => void,
): HTMLElement {
  const name = freshId('choice');
  return h(
    'fieldset',
    { class: 'segmented' },
    h('legend', {}, label),
    choices.map((choice) => {
      const input = h('input', { type: 'radio', name, value: choice.value, checked: choice.value === value });
      input.addEventListener('change', () => onChange(choice.value));
      return h('label', {}, input, h('span', {}, choice.label));
    }),
  );
}

/** A search box; `onInput` gets the text in lower case, without spaces around it, shortly after the last key. */
export function searchBox(label: string, placeholder: string, onInput: (text: string) => void): HTMLElement {
  const id = freshId('search');
  const input = h('input', { id, type: 'search', placeholder, autocomplete: 'off', spellcheck: 'false' });
  let timer = 0;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => onInput(input.value.trim().toLowerCase()), 80);
  });
  return h('span', { class: 'control control-search' }, h('label', { for: id }, label), input);
}

export function toolbar(...children: readonly Child[]): HTMLElement {
  return h('div', { class: 'toolbar' }, ...children);
}
