// What the simulation approximates or leaves out: grouped by what it means, by file or by resource, and searchable.
import type { Diagnostic, FidelityEntry } from '../../../../models/config/diagnostic.js';
import { searchBox, segmented, toolbar } from '../controls.js';
import { announce, type Child, h, named, replaceChildren } from '../dom.js';

/** An entry of the fidelity list, or a finding about the input. */
interface Note {
  readonly status: 'approximated' | 'not modelled' | 'finding';
  readonly resource: string;
  readonly path: string;
  readonly place: string;
  readonly file: string;
  readonly meaning: string;
  readonly searchText: string;
}

const GROUPINGS = {
  meaning: ({ meaning }: Note) => meaning,
  resource: ({ resource }: Note) => resource,
  file: ({ file }: Note) => file,
};

type Grouping = keyof typeof GROUPINGS;

const GROUPS_MAX = 100;
const NOTES_MAX = 200;

export function drawFidelity(
  mount: HTMLElement,
  fidelity: readonly FidelityEntry[],
  diagnostics: readonly Diagnostic[],
): void {
  const notes = [...diagnostics.map(findingNote), ...fidelity.map(fidelityNote)];
  if (notes.length === 0) {
    replaceChildren(mount, h('p', { class: 'calm' }, 'Nothing in the YAML was approximated or left out.'));
    return;
  }
  const list = h('div', { class: 'groups' });
  let query = '';
  let grouping: Grouping = 'meaning';
  const draw = (): void => {
    const found = notes.filter(({ searchText }) => searchText.includes(query));
    replaceChildren(list, groupList(found, GROUPINGS[grouping], grouping, query !== ''));
  };
  const search = searchBox('Search', 'field, resource, file or meaning', (text) => {
    query = text;
    draw();
    announce(`${notes.filter(({ searchText }) => searchText.includes(query)).length} entries`);
  });
  const choices = [
    { value: 'meaning', label: 'Meaning' },
    { value: 'resource', label: 'Resource' },
    { value: 'file', label: 'File' },
  ];
  const by = segmented('Group by', choices, grouping, (value) => {
    grouping = value as Grouping;
    draw();
  });
  const counts = `${countWords(notes, 'approximated')}, ${countWords(notes, 'not modelled')}${diagnostics.length === 0 ? '' : `, ${countWords(notes, 'finding')}s`}`;
  replaceChildren(mount, toolbar(search, by, h('span', { class: 'quiet' }, counts)), list);
  draw();
}

function countWords(notes: readonly Note[], status: Note['status']): string {
  return `${notes.filter((note) => note.status === status).length} ${status}`;
}

function groupList(notes: readonly Note[], keyOf: (note: Note) => string, grouping: Grouping, isOpen: boolean): Child {
  const groups = new Map<string, Note[]>();
  for (const note of notes) {
    const own = groups.get(keyOf(note));
    if (own === undefined) groups.set(keyOf(note), [note]);
    else own.push(note);
  }
  if (groups.size === 0) return h('p', { class: 'empty' }, 'Nothing matches.');
  const sorted = [...groups].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const rest = sorted.length - GROUPS_MAX;
  return [
    sorted.slice(0, GROUPS_MAX).map(([key, own]) => group(key, own, grouping, isOpen)),
    rest > 0 ? h('p', { class: 'quiet' }, `and ${rest} more groups: search to see them`) : null,
  ];
}

/** The entries of a group are made when it is opened. */
function group(key: string, notes: readonly Note[], grouping: Grouping, isOpen: boolean): HTMLElement {
  const body = h('ul', { class: 'notes' });
  const element = h(
    'details',
    { open: isOpen && notes.length <= 10 },
    h(
      'summary',
      {},
      h('span', { class: 'group-name' }, key === '' ? 'no file' : named(key)),
      statusChips(notes),
      h('span', { class: 'count' }, String(notes.length)),
    ),
    body,
  );
  const fill = (): void => {
    if (!element.open || body.childElementCount > 0) return;
    const rest = notes.length - NOTES_MAX;
    replaceChildren(
      body,
      notes.slice(0, NOTES_MAX).map((note) => noteItem(note, grouping)),
      rest > 0 ? h('li', { class: 'quiet' }, `and ${rest} more`) : null,
    );
  };
  element.addEventListener('toggle', fill);
  fill();
  return element;
}

function noteItem({ resource, path, place, meaning }: Note, grouping: Grouping): HTMLElement {
  return h(
    'li',
    {},
    grouping === 'resource' ? null : h('span', { class: 'note-resource' }, named(resource)),
    path === '' ? null : h('code', {}, named(path)),
    place === '' ? null : h('code', { class: 'place' }, named(place)),
    grouping === 'meaning' ? null : h('span', { class: 'note-meaning' }, named(meaning)),
  );
}

function statusChips(notes: readonly Note[]): Child {
  const kinds = [...new Set(notes.map(({ status }) => status))].sort();
  return kinds.map((status) => h('span', { class: `chip chip-${status.replace(' ', '-')}` }, status));
}

function fidelityNote({ status, resource, path, position, meaning }: FidelityEntry): Note {
  return note(status === 'approximated' ? 'approximated' : 'not modelled', resource, path, position, meaning);
}

function findingNote({ code, position, message, hint }: Diagnostic): Note {
  return note('finding', code, '', position, hint === undefined ? message : `${message}: ${hint}`);
}

function note(
  status: Note['status'],
  resource: string,
  path: string,
  position: FidelityEntry['position'],
  meaning: string,
): Note {
  const place = position === null ? '' : `${position.file}:${position.line}`;
  const searchText = `${status} ${resource} ${path} ${place} ${meaning}`.toLowerCase();
  return { status, resource, path, place, file: position?.file ?? '', meaning, searchText };
}
