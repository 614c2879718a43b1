// What was changed in the YAML: object by object, field by field, both sides with their places.
import type { PlainValue } from '../../../../../models/config/document.js';
import type {
  ChangeKind,
  Comparison,
  FieldChange,
  ResourceChange,
} from '../../../../../scenarios/compare/diff-result.js';
import { countChanges, resourceName } from '../../../../diff/words.js';
import { searchBox, segmented, toolbar } from '../../controls.js';
import { announce, type Child, h, named, replaceChildren } from '../../dom.js';
import { marked, type Run } from '../marked.js';
import { yamlText } from '../yaml-text.js';

/** Objects are shown open as long as all of them together have no more fields. */
const OPEN_FIELDS_MAX = 40;
const OBJECTS_STEP = 50;
const FIELDS_MAX = 200;
const LINES_MAX = 40;

type Choice = ChangeKind | 'all';

export function drawConfiguration(mount: HTMLElement, { changes, isSamePlan }: Comparison): void {
  if (changes.length === 0) {
    replaceChildren(mount, h('p', { class: 'calm' }, 'Nothing changed in the configuration.'));
    return;
  }
  const list = h('div', { class: 'groups changes' });
  let query = '';
  let kind: Choice = 'all';
  let most = OBJECTS_STEP;
  const texts = new Map(changes.map((change) => [change, searchText(change)]));
  const isOpen = changes.reduce((sum, { fields }) => sum + fields.length, 0) <= OPEN_FIELDS_MAX;
  const draw = (): void => {
    const found = changes.filter(
      (change) => (kind === 'all' || change.change === kind) && texts.get(change)!.includes(query),
    );
    const more = h('button', { type: 'button', class: 'small-button' }, `Show more of the ${found.length} objects`);
    more.addEventListener('click', () => {
      most += OBJECTS_STEP;
      draw();
    });
    replaceChildren(
      list,
      found.length === 0 ? h('p', { class: 'empty' }, 'Nothing matches.') : null,
      found.slice(0, most).map((change) => resource(change, isOpen || query !== '')),
      found.length > most ? h('p', { class: 'more' }, more) : null,
    );
    announce(`${found.length} of ${changes.length} objects`);
  };
  const kinds = (['changed', 'added', 'removed'] as const).filter((own) =>
    changes.some(({ change }) => change === own),
  );
  const choices = ['all' as const, ...kinds].map((value) => ({ value, label: value }));
  replaceChildren(
    mount,
    isSamePlan
      ? h(
          'p',
          { class: 'calm' },
          'Both worlds compile to the same mesh: none of this changes anything that is simulated.',
        )
      : null,
    toolbar(
      searchBox('Search', 'object, field, value or file', (text) => {
        query = text;
        most = OBJECTS_STEP;
        draw();
      }),
      kinds.length < 2
        ? null
        : segmented('Show', choices, 'all', (value) => {
            kind = value as Choice;
            draw();
          }),
      h('span', { class: 'quiet' }, countChanges(changes)),
    ),
    list,
  );
  draw();
}

function searchText(change: ResourceChange): string {
  const { base, candidate, fields } = change;
  const values = fields.flatMap(({ path, base: old, candidate: now }) => [path, yamlText(old), yamlText(now)]);
  return [resourceName(change), base?.file ?? '', candidate?.file ?? '', ...values].join(' ').toLowerCase();
}

function resource(change: ResourceChange, isOpen: boolean): HTMLElement {
  const { fields, base, candidate } = change;
  const place = candidate ?? base;
  const head: Child = [
    h('span', { class: `chip chip-${change.change}` }, change.change),
    h('span', { class: 'group-name' }, named(resourceName(change))),
    place === null ? null : h('code', { class: 'place' }, named(`${place.file}:${place.line}`)),
  ];
  if (fields.length === 0) return h('div', { class: 'whole-object' }, head);
  const body = h('div', { class: 'fields' });
  const element = h(
    'details',
    { open: isOpen },
    h('summary', {}, head, h('span', { class: 'count' }, fields.length === 1 ? '1 field' : `${fields.length} fields`)),
    body,
  );
  const fill = (): void => {
    if (element.open && body.childElementCount === 0) replaceChildren(body, fieldTable(change));
  };
  element.addEventListener('toggle', fill);
  fill();
  return element;
}

function fieldTable(change: ResourceChange): Child {
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
