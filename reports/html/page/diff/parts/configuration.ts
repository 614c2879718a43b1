// What was changed in the YAML: object by object, field by field, both sides with their places. The same change of many objects is told once.
import type { ChangeKind, Comparison, ResourceChange } from '../../../../../scenarios/result/diff-result.js';
import { countChanges, resourceName } from '../../../../diff/words.js';
import { whole } from '../../../words.js';
import { searchBox, segmented, toolbar } from '../../controls.js';
import { announce, type Child, h, named, replaceChildren } from '../../dom.js';
import { fieldTable } from '../field-table.js';
import { sameChanges } from '../same-changes.js';
import { yamlText } from '../yaml-text.js';

/** Objects are shown open as long as there are no more fields to be read. */
const OPEN_FIELDS_MAX = 40;
const STEP = 50;
const MEMBERS_MAX = 200;

type Choice = ChangeKind | 'all';

export function drawConfiguration(mount: HTMLElement, { changes, isSamePlan }: Comparison): void {
  if (changes.length === 0) {
    replaceChildren(mount, h('p', { class: 'calm' }, 'Nothing changed in the configuration.'));
    return;
  }
  const list = h('div', { class: 'groups changes' });
  let query = '';
  let kind: Choice = 'all';
  let most = STEP;
  const texts = new Map(changes.map((change) => [change, searchText(change)]));
  const isOpen = sameChanges(changes).reduce((sum, [first]) => sum + first!.fields.length, 0) <= OPEN_FIELDS_MAX;
  const draw = (): void => {
    const found = changes.filter(
      (change) => (kind === 'all' || change.change === kind) && texts.get(change)!.includes(query),
    );
    const groups = sameChanges(found);
    const more = h('button', { type: 'button', class: 'small-button' }, `Show ${STEP} more of ${groups.length}`);
    more.addEventListener('click', () => {
      most += STEP;
      draw();
    });
    replaceChildren(
      list,
      groups.length === 0 ? h('p', { class: 'empty' }, 'Nothing matches.') : null,
      groups.slice(0, most).map((group) => groupElement(group, isOpen || query !== '')),
      groups.length > most ? h('p', { class: 'more' }, more) : null,
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
        most = STEP;
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

/** An object, or several with the same change. */
function groupElement(group: readonly ResourceChange[], isOpen: boolean): HTMLElement {
  const first = group[0]!;
  const { fields, change, kind } = first;
  const isAlone = group.length === 1;
  const head: Child = [
    h('span', { class: `chip chip-${change}` }, change),
    h(
      'span',
      { class: 'group-name' },
      isAlone ? named(resourceName(first)) : [`${whole(group.length)} × `, named(kind)],
    ),
    isAlone ? placeOf(first) : null,
  ];
  if (isAlone && fields.length === 0) return h('div', { class: 'whole-object' }, head);
  const body = h('div', { class: 'fields' });
  const count = fields.length === 1 ? '1 field' : `${fields.length} fields`;
  const element = h(
    'details',
    { open: isOpen },
    h('summary', {}, head, fields.length === 0 ? null : h('span', { class: 'count' }, count)),
    body,
  );
  const fill = (): void => {
    if (!element.open || body.childElementCount > 0) return;
    replaceChildren(body, fields.length === 0 ? null : fieldTable(first), isAlone ? null : members(group));
  };
  element.addEventListener('toggle', fill);
  fill();
  return element;
}

function members(group: readonly ResourceChange[]): Child {
  const rest = group.length - MEMBERS_MAX;
  const isField = group[0]!.fields.length > 0;
  return [
    isField ? h('p', { class: 'quiet more' }, 'The places are those of the first one. The same change in:') : null,
    h(
      'ul',
      { class: 'notes members' },
      group.slice(0, MEMBERS_MAX).map((change) => h('li', {}, named(resourceName(change)), placeOf(change))),
      rest > 0 ? h('li', { class: 'quiet' }, `and ${whole(rest)} more`) : null,
    ),
  ];
}

function placeOf({ base, candidate }: ResourceChange): Child {
  const place = candidate ?? base;
  return place === null ? null : h('code', { class: 'place' }, named(`${place.file}:${place.line}`));
}
