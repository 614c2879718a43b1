// Changes to YAML that leave most of it valid: numbers, durations, quantities and shares to 0, to 1 and to huge; words to other words of the
// same field; fields, items and whole documents gone, doubled or taken from another object of the kind. Seeded, so that each can be made again.
import type { PlainMap, PlainValue } from '../../models/config/document.js';
import { seedWords } from '../../sim/random/seed.js';
import { Sfc32 } from '../../sim/random/sfc32.js';

/** Mutable JSON: what a mutation works on is a copy of its own. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };

const MOST_CHANGES = 4;
/** Fields that say what a thing is and who belongs to whom: changed, they mostly leave nothing to run. */
const IDENTITY =
  /^[^.]*\.(metadata|apiVersion|kind|status)\b|\.(selector|matchLabels|labels|namespace|name|image|env)\b|\.(host|hosts|ports?\[\])$/;
const DURATION = /^-?\d+(\.\d+)?(ns|us|ms|s|m|h)$/;
const SHARE = /^\d+(\.\d+)?%$/;
const RATE = /^\d+(\.\d+)?\/(s|m|h)$/;
const QUANTITY = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi)?$/;
const NUMBERS = [0, 1, 2, -1, 3, 7, 100, 101, 1000, 65_535, 65_536, 1e6, 2 ** 31 - 1, 2 ** 32 - 1, 1e9, 0.5, 0.001];
const DURATIONS = ['0s', '1ns', '1us', '1ms', '10ms', '0.001s', '1s', '1m', '1h', '9999h', '315576000000s', '-1s'];
const SHARES = ['0%', '0.001%', '1%', '50%', '65%', '99%', '99.9%', '100%', '101%'];
const RATES = ['0/s', '0.001/s', '1/h', '1/s', '200/s', '20000/s', '1000000/s'];
const QUANTITIES = ['0', '1m', '1', '10m', '100m', '1e9', '1000000000', '1n', '0.5', '1Ki', '1Mi', '1Gi', '1Ei'];
/** Annotations of pods and Services with a meaning to a proxy. */
const ANNOTATIONS: readonly (readonly [string, readonly string[]])[] = [
  ['sidecar.istio.io/proxyCPU', QUANTITIES],
  ['sidecar.istio.io/proxyCPULimit', QUANTITIES],
  ['sidecar.istio.io/proxyMemoryLimit', QUANTITIES],
  ['sidecar.istio.io/inject', ['true', 'false']],
  [
    'proxy.istio.io/config',
    ['concurrency: 0', 'concurrency: 1', 'concurrency: 1000000000', 'holdApplicationUntilProxyStarts: true'],
  ],
  ['linkerd.io/inject', ['enabled', 'disabled', 'ingress']],
  ['config.linkerd.io/proxy-cpu-limit', QUANTITIES],
  ['config.linkerd.io/proxy-cpu-request', QUANTITIES],
  ['config.linkerd.io/proxy-memory-limit', QUANTITIES],
  ['retry.linkerd.io/limit', ['0', '1', '100000']],
  ['timeout.linkerd.io/request', DURATIONS],
  ['balancer.linkerd.io/failure-accrual', ['consecutive']],
  ['balancer.linkerd.io/failure-accrual-consecutive-max-failures', ['0', '1', '1000000000']],
];

/** Values that stand at each field of each kind, over all applications: what a mutation may put there. */
export class ValueBank {
  private readonly values = new Map<string, Json[]>();
  private readonly known = new Set<string>();

  add(document: Json): void {
    this.walk(document, kindOf(document));
  }

  at(key: string): readonly Json[] {
    return this.values.get(key) ?? [];
  }

  private walk(value: Json, path: string): void {
    const identity = `${path}=${JSON.stringify(value)}`;
    if (this.known.has(identity)) return;
    this.known.add(identity);
    const list = this.values.get(path) ?? [];
    this.values.set(path, list);
    list.push(value);
    if (Array.isArray(value)) for (const item of value) this.walk(item, `${path}[]`);
    else if (value !== null && typeof value === 'object') {
      for (const [key, inner] of Object.entries(value)) this.walk(inner, `${path}.${key}`);
    }
  }
}

/** A place in a document: what holds the value, and under which key. */
interface Place {
  readonly holder: Json[] | JsonMap;
  readonly key: string | number;
  /** Kind and fields, without indices. */
  readonly path: string;
}

export class Mutator {
  private readonly random: Sfc32;

  /** The same seed makes the same changes to the same documents. */
  constructor(
    seed: string,
    private readonly bank: ValueBank,
  ) {
    const [a, b, c] = seedWords(`mutation ${seed}`, 3);
    this.random = new Sfc32(a!, b!, c!);
  }

  /** A whole number from 0 to below `n`. */
  integer(n: number): number {
    return this.random.integer(n);
  }

  /** A changed copy of the documents. */
  changed(documents: readonly PlainValue[]): Json[] {
    const copies = structuredClone(documents) as Json[];
    for (let left = 1 + this.integer(MOST_CHANGES); left > 0; left--) this.change(copies);
    return copies;
  }

  private change(documents: Json[]): void {
    const index = this.integer(documents.length);
    const document = documents[index]!;
    const way = this.integer(40);
    if (way === 0 && documents.length > 1) documents.splice(index, 1);
    else if (way === 1) documents.push(renamed(structuredClone(document)));
    else if (way <= 4) this.annotate(document);
    else this.changeField(document);
  }

  private changeField(document: Json): void {
    const places = placesIn(document);
    const content = places.filter(({ path }) => !IDENTITY.test(path));
    const chosen = content.length > 0 && this.integer(8) > 0 ? content : places;
    if (chosen.length === 0) return;
    const leaves = chosen.filter(({ holder, key }) => !isTree(at(holder, key)));
    const place = this.pick(leaves.length > 0 && this.integer(3) > 0 ? leaves : chosen);
    const { holder, key, path } = place;
    const way = this.integer(12);
    if (way === 0) remove(place);
    else if (way === 1 && Array.isArray(holder)) holder.push(structuredClone(at(holder, key)));
    else if (way <= 4) this.graft(place);
    else put(holder, key, this.otherValue(at(holder, key), path));
  }

  /** A value of the same field elsewhere; beside it also a field that this object does not have. */
  private graft({ holder, key, path }: Place): void {
    const others = this.bank.at(path);
    if (others.length > 1) put(holder, key, structuredClone(this.pick(others)));
    const parent = path.replace(/(\.[^.[]+|\[\])$/, '');
    const siblings = this.bank
      .at(parent)
      .filter((value) => value !== null && typeof value === 'object' && !Array.isArray(value));
    if (siblings.length === 0 || Array.isArray(holder)) return;
    const entries = Object.entries(this.pick(siblings) as JsonMap);
    if (entries.length === 0) return;
    const [name, value] = this.pick(entries);
    if (!Object.hasOwn(holder, name)) holder[name] = structuredClone(value);
  }

  private otherValue(value: Json, path: string): Json {
    if (typeof value === 'boolean') return !value;
    if (typeof value === 'number')
      return this.integer(3) === 0 ? value * this.pick([0.1, 2, 10, 1000]) : this.pick(NUMBERS);
    if (typeof value === 'string') {
      if (DURATION.test(value)) return this.pick(DURATIONS);
      if (SHARE.test(value)) return this.pick(SHARES);
      if (RATE.test(value)) return this.pick(RATES);
      if (QUANTITY.test(value)) return this.pick(QUANTITIES);
    }
    if (Array.isArray(value) && value.length > 0)
      return this.integer(2) === 0 ? [] : [...value, structuredClone(this.pick(value))];
    const others = this.bank.at(path);
    return others.length > 0 ? structuredClone(this.pick(others)) : value;
  }

  private annotate(document: Json): void {
    const owners = [
      document,
      ...placesIn(document)
        .filter(({ path }) => path.endsWith('.template'))
        .map(({ holder, key }) => at(holder, key)),
    ];
    const owner = this.pick(owners);
    if (!isMap(owner)) return;
    const metadata = isMap(owner.metadata) ? owner.metadata : {};
    const annotations = isMap(metadata.annotations) ? metadata.annotations : {};
    const [name, values] = this.pick(ANNOTATIONS);
    owner.metadata = { ...metadata, annotations: { ...annotations, [name]: this.pick(values) } };
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!;
  }
}

function kindOf(document: Json): string {
  return isMap(document) && typeof document.kind === 'string' ? document.kind : '?';
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTree(value: Json): boolean {
  return typeof value === 'object' && value !== null;
}

function at(holder: Json[] | JsonMap, key: string | number): Json {
  return (holder as JsonMap)[String(key)]!;
}

function put(holder: Json[] | JsonMap, key: string | number, value: Json): void {
  (holder as JsonMap)[String(key)] = value;
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[String(key)];
}

function renamed(document: Json): Json {
  if (isMap(document) && isMap(document.metadata) && typeof document.metadata.name === 'string') {
    document.metadata.name = `${document.metadata.name}-2`;
  }
  return document;
}

/** All places below a document. */
function placesIn(document: Json): Place[] {
  const places: Place[] = [];
  const walk = (value: Json, path: string): void => {
    if (value === null || typeof value !== 'object') return;
    const entries: readonly (readonly [string | number, Json])[] = Array.isArray(value)
      ? value.map((item, index) => [index, item] as const)
      : Object.entries(value);
    for (const [key, inner] of entries) {
      const below = Array.isArray(value) ? `${path}[]` : `${path}.${key}`;
      places.push({ holder: value, key, path: below });
      walk(inner, below);
    }
  };
  walk(document, kindOf(document));
  return places;
}

/** A document as a text. */
export function textOf(document: Json | PlainMap): string {
  return JSON.stringify(document);
}
