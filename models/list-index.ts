// What is looked up in a list that does not change: an index of the list, made when it is first asked for and kept as long as the list. An index holds
// positions, so that one serves lists of every type of item.

/** A function that makes an index of a list the first time that it meets the list. */
export function listIndex<Item extends object, Index>(
  make: (list: readonly Item[]) => Index,
): (list: readonly Item[]) => Index {
  const made = new WeakMap<readonly Item[], Index>();
  return (list) => {
    const known = made.get(list);
    if (known !== undefined) return known;
    const index = make(list);
    made.set(list, index);
    return index;
  };
}

/** A function that gives the positions of the items of a list by their words, each in the order of the list. */
export function positionsBy<Item extends object>(
  wordsOf: (item: Item) => readonly string[],
): (list: readonly Item[]) => ReadonlyMap<string, readonly number[]> {
  return listIndex<Item, ReadonlyMap<string, readonly number[]>>((list) => {
    const found = new Map<string, number[]>();
    list.forEach((item, position) => {
      for (const word of new Set(wordsOf(item))) append(found, word, position);
    });
    return found;
  });
}

/** A function that finds the items of a list that have one of some words among theirs, each once, in the order of the list. */
export function finder<Item extends object>(
  wordsOf: (item: Item) => readonly string[],
): <T extends Item>(list: readonly T[], ...words: readonly string[]) => T[] {
  const positions = positionsBy(wordsOf);
  return (list, ...words) => {
    const index = positions(list);
    const found = words.flatMap((word) => index.get(word) ?? []);
    const ordered = words.length > 1 ? [...new Set(found)].sort((a, b) => a - b) : found;
    return ordered.map((position) => list[position]!);
  };
}

/** Adds to the list of a key. */
export function append<Key, Item>(lists: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** What an object of the cluster is known by. */
export interface Identity {
  readonly namespace: string;
  readonly name: string;
}

const byIdentity = finder<Identity>((one) => [identityOf(one)]);
const byName = finder<Pick<Identity, 'name'>>(({ name }) => [name]);

/** The first of a list with a name in a namespace. */
export function named<T extends Identity>(list: readonly T[], namespace: string, name: string): T | undefined {
  return byIdentity(list, identityOf({ namespace, name }))[0];
}

/** The first of a list with a name, in whatever namespace: for objects of the cluster as a whole. */
export function ofName<T extends Pick<Identity, 'name'>>(list: readonly T[], name: string): T | undefined {
  return byName(list, name)[0];
}

/** `namespace/name` */
export function identityOf({ namespace, name }: Identity): string {
  return `${namespace}/${name}`;
}
