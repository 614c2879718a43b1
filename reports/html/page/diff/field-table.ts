// The changed fields of an object: path, value in the base, value in the candidate, each with its place in the YAML.
import type { PlainValue } from '../../../../models/config/document.js';
import type { FieldChange, ResourceChange } from '../../../../scenarios/result/diff-result.js';
import { resourceName } from '../../../diff/words.js';
import { type Child, h, named } from '../dom.js';
import { marked, type Run } from './marked.js';
import { yamlText } from './yaml-text.js';

const FIELDS_MAX = 200;
const LINES_MAX = 40;

export function fieldTable(change: ResourceChange): Child {
  const rest = change.fields.length - FIELDS_MAX;
  return [
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Fields of ${resourceName(change)}` },
      h(
        'table',
        { class: 'sides-table' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Field', 'Base', 'Candidate'].map((title) => h('th', { scope: 'col' }, title)),
          ),
        ),
        h('tbody', {}, change.fields.slice(0, FIELDS_MAX).map(fieldRow)),
      ),
    ),
    rest > 0 ? h('p', { class: 'quiet more' }, `and ${rest} more fields, in changes.csv and diff.json`) : null,
  ];
}

function fieldRow({ change, path, base, candidate, basePosition, candidatePosition }: FieldChange): HTMLElement {
  const [old, now] = [valueText(base), valueText(candidate)];
  const isBoth = change === 'changed';
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('code', {}, h('bdi', {}, breakable(path)))),
    side('base', base === null ? null : isBoth ? marked(old, now) : [['same', old]], basePosition),
    side('candidate', candidate === null ? null : isBoth ? marked(now, old) : [['same', now]], candidatePosition),
  );
}

/** A path may break before its dots and brackets. */
function breakable(path: string): Child[] {
  return path.split(/(?=[.[])/).flatMap((step, i) => (i === 0 ? [step] : [h('wbr'), step]));
}

function side(
  which: 'base' | 'candidate',
  runs: readonly Run[] | null,
  { file, line }: { readonly file: string; readonly line: number },
): HTMLElement {
  const value =
    runs === null
      ? h('span', { class: 'quiet' }, 'absent')
      : h(
          'code',
          { class: 'value' },
          runs.map(([kind, text]) => (kind === 'same' ? h('bdi', {}, lines(text)) : h('mark', {}, lines(text)))),
        );
  const className = runs === null ? 'side side-absent' : `side side-${which}`;
  return h('td', { class: className }, value, h('code', { class: 'place' }, named(`${file}:${line}`)));
}

/** Line breaks of our own, which are the layout of the value; all others would have been written out. */
function lines(text: string): Child[] {
  return text.split('\n').flatMap((line, i) => (i === 0 ? [line] : [h('br'), line]));
}

function valueText(value: PlainValue): string {
  const all = yamlText(value).split('\n');
  const rest = all.length - LINES_MAX;
  return rest > 0 ? [...all.slice(0, LINES_MAX), `… and ${rest} more lines`].join('\n') : all.join('\n');
}
