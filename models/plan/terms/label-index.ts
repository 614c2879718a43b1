// Selectors and labels, found by each other: which pods a selector means, and which selectors mean a pod. One label is looked up, the rarest that is
// asked for, and the others are checked: the work is that of the answer, not of everything that there is.
import { append, finder, listIndex } from '../../list-index.js';
import { selects } from './visibility.js';

type Labels = Readonly<Record<string, string>>;

/** Something that selectors choose. */
export interface Carrier {
  readonly namespace: string;
  readonly labels: Labels;
}

/** A growing collection of what carries labels. */
export class LabelIndex<T extends Carrier> {
  private readonly every: T[] = [];
  private readonly byNamespace = new Map<string, T[]>();
  private readonly byLabel = new Map<string, T[]>();
  private readonly byPlace = new Map<string, T[]>();

  constructor(items: Iterable<T> = []) {
    for (const item of items) this.add(item);
  }

  add(item: T): void {
    const { namespace, labels } = item;
    this.every.push(item);
    append(this.byNamespace, namespace, item);
    for (const [key, value] of Object.entries(labels)) {
      append(this.byLabel, wordOf(key, value), item);
      append(this.byPlace, `${namespace} ${wordOf(key, value)}`, item);
    }
  }

  /** All of a namespace, in the order in which they were added. */
  of(namespace: string): readonly T[] {
    return this.byNamespace.get(namespace) ?? [];
  }

  /** Those of a namespace (of any, if null) that carry all labels of `selector`, in the order in which they were added; an empty selector selects all. */
  selectedBy(selector: Labels, namespace: string | null): T[] {
    let fewest = namespace === null ? this.every : this.of(namespace);
    for (const [key, value] of Object.entries(selector)) {
      const word = wordOf(key, value);
      const found = namespace === null ? this.byLabel.get(word) : this.byPlace.get(`${namespace} ${word}`);
      if (found === undefined) return [];
      if (found.length < fewest.length) fewest = found;
    }
    return fewest.filter(
      (item) => (namespace === null || item.namespace === namespace) && selects(selector, item.labels),
    );
  }
}

/** What something asks of the pods that it selects, or a part of it. */
export interface Wish {
  /** null = of any namespace */
  readonly namespace: string | null;
  /** Labels that the pods must have at least. */
  readonly labels: Labels;
}

/** A list of what selects pods. Each is found under the label of its wish that the fewest wish for. */
export class SelectorIndex {
  private readonly byNamespace = new Map<string | null, Map<string, number[]>>();

  /** @param wishes aligned with the list; null: it selects nothing */
  constructor(private readonly wishes: readonly (Wish | null)[]) {
    const counts = new Map<string, number>();
    for (const wish of wishes)
      for (const word of wordsOf(wish?.labels ?? {})) counts.set(word, (counts.get(word) ?? 0) + 1);
    wishes.forEach((wish, position) => {
      if (wish === null) return;
      const { namespace, labels } = wish;
      const [rarest = WITHOUT_LABELS] = wordsOf(labels).sort((a, b) => counts.get(a)! - counts.get(b)!);
      const own = this.byNamespace.get(namespace) ?? new Map<string, number[]>();
      this.byNamespace.set(namespace, own);
      append(own, rarest, position);
    });
  }

  /** Positions of those whose wish pods of a namespace with these labels meet, in the order of the list. */
  metBy(namespace: string, labels: Labels): number[] {
    const words = [WITHOUT_LABELS, ...wordsOf(labels)];
    return [this.byNamespace.get(namespace), this.byNamespace.get(null)]
      .flatMap((own) => (own === undefined ? [] : words.flatMap((word) => own.get(word) ?? [])))
      .filter((position) => selects(this.wishes[position]?.labels ?? {}, labels))
      .sort((a, b) => a - b);
  }
}

/** An object of a namespace that holds for the pods of its selector, or for all (null). */
export interface Selecting {
  readonly namespace: string;
  readonly spec: { readonly selector: Labels | null };
}

const bySelector = listIndex<Selecting, SelectorIndex>(
  (list) => new SelectorIndex(list.map(({ namespace, spec }) => ({ namespace, labels: spec.selector ?? {} }))),
);

/** Those of a list in a namespace that have no selector, or one that chooses these labels; in the order of the list. */
export function holdingFor<T extends Selecting>(list: readonly T[], namespace: string, labels: Labels): T[] {
  return bySelector(list)
    .metBy(namespace, labels)
    .map((position) => list[position]!);
}

/** The first of a list in a namespace whose selector chooses these labels. */
export function firstSelecting<T extends Selecting>(
  list: readonly T[],
  namespace: string,
  labels: Labels,
): T | undefined {
  return holdingFor(list, namespace, labels).find(({ spec }) => spec.selector !== null);
}

const wide = finder<Selecting>(({ namespace, spec }) => (spec.selector === null ? [namespace] : []));

/** The first of a list in a namespace that has no selector. */
export function firstOfAll<T extends Selecting>(list: readonly T[], namespace: string): T | undefined {
  return wide(list, namespace)[0];
}

const WITHOUT_LABELS = '';

function wordsOf(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => wordOf(key, value));
}

/** No two labels of one object share a word. */
function wordOf(key: string, value: string): string {
  return `${key.length}:${key}=${value}`;
}
