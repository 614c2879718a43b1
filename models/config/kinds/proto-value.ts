// Reading Envoy's own configuration where an EnvoyFilter holds it: protobuf as JSON, with either spelling of its fields (istio:
// pilot/pkg/networking/core/envoyfilter; protobuf.dev: JSON mapping). What is wrong here does not make Istio refuse the EnvoyFilter: the
// proxy refuses the listener. So problems are collected, and whoever reads decides.
import { lookup } from '../../../sim/lookup.js';
import { isPlainMap, type PlainMap, type PlainValue } from '../document.js';
import { parseActingDuration } from '../duration.js';
import type { FieldPath } from '../resource.js';

/** Shared by all readers of one configuration. */
export interface ProtoProblems {
  /** Sentences without a subject: `token_bucket.fill_interval is missing`. */
  readonly wrong: string[];
  /** Fields that nobody has read, by their paths. */
  readonly unread: FieldPath[];
}

const DENOMINATORS: Readonly<Record<string, number>> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

export class ProtoReader {
  private readonly seen = new Set<string>();
  private readonly inner: ProtoReader[] = [];

  constructor(
    private readonly value: PlainMap,
    readonly path: FieldPath,
    private readonly problems: ProtoProblems,
  ) {}

  static of(value: PlainValue | undefined, path: FieldPath, problems: ProtoProblems): ProtoReader {
    return new ProtoReader(isPlainMap(value) ? value : {}, path, problems);
  }

  /** The field `snake_case`, however it is spelled; undefined where it is absent. */
  field(name: string): PlainValue | undefined {
    const key = this.keyOf(name);
    if (key === null) return undefined;
    this.seen.add(key);
    return lookup(this.value, key) ?? undefined;
  }

  has(name: string): boolean {
    return this.field(name) !== undefined;
  }

  /** Fields without an effect on requests. */
  inert(...names: readonly string[]): void {
    for (const name of names) this.field(name);
  }

  message(name: string): ProtoReader {
    const key = this.keyOf(name) ?? name;
    const reader = ProtoReader.of(this.field(name), [...this.path, key], this.problems);
    this.inner.push(reader);
    return reader;
  }

  list(name: string): ProtoReader[] {
    const key = this.keyOf(name) ?? name;
    const found = this.field(name);
    if (!Array.isArray(found)) {
      if (found !== undefined) this.problems.wrong.push(`${[...this.path, key].join('.')} is no list`);
      return [];
    }
    return (found as readonly PlainValue[]).map((item, index) => {
      const reader = ProtoReader.of(item, [...this.path, key, index], this.problems);
      this.inner.push(reader);
      return reader;
    });
  }

  text(name: string): string {
    const found = this.field(name);
    return typeof found === 'string' ? found : '';
  }

  boolean(name: string, absent: boolean): boolean {
    const found = this.field(name);
    if (isPlainMap(found)) return this.message(name).boolean('value', absent);
    return typeof found === 'boolean' ? found : absent;
  }

  /** A number, also of a wrapper `{value: 1}`. */
  number(name: string, absent: number): number {
    const found = this.field(name);
    if (found === undefined) return absent;
    if (isPlainMap(found)) return this.message(name).number('value', absent);
    const number = typeof found === 'string' ? Number(found) : found;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    return this.wrong(name, 'is not a number', absent);
  }

  /** A list of numbers; what is none is left out. */
  numbers(name: string): number[] {
    const found = this.field(name);
    if (!Array.isArray(found)) return [];
    return (found as readonly PlainValue[]).filter((item): item is number => typeof item === 'number');
  }

  durationNs(name: string, absent: number): number {
    const found = this.field(name);
    if (found === undefined) return absent;
    const ns = typeof found === 'string' ? parseActingDuration(found) : null;
    return ns ?? this.wrong(name, 'is not a duration such as 0.5s', absent);
  }

  /** `{numerator: 5, denominator: HUNDRED}` as a probability. */
  fraction(name: string): number {
    const reader = this.message(name);
    const denominator = reader.text('denominator');
    return Math.min(
      1,
      reader.number('numerator', 0) / (lookup(DENOMINATORS, denominator === '' ? 'HUNDRED' : denominator) ?? 100),
    );
  }

  /** A fraction behind a runtime key: only its default counts. Absent is 0. */
  runtimeFraction(name: string): number {
    const reader = this.message(name);
    reader.inert('runtime_key');
    return reader.fraction('default_value');
  }

  /** `{value: 95}` as 0.95. */
  percent(name: string, absent: number): number {
    return this.has(name) ? this.message(name).number('value', 0) / 100 : absent;
  }

  /** A percentage (or a number) behind a runtime key. */
  runtimePercent(name: string, absent: number): number {
    if (!this.has(name)) return absent;
    const reader = this.message(name);
    reader.inert('runtime_key');
    return reader.percent('default_value', absent);
  }

  runtimeNumber(name: string, absent: number): number {
    if (!this.has(name)) return absent;
    const reader = this.message(name);
    reader.inert('runtime_key');
    return reader.number('default_value', absent);
  }

  wrong<T>(name: string, what: string, instead: T): T {
    const path = [...this.path, name].filter((step) => typeof step === 'string').join('.');
    this.problems.wrong.push(`${path} ${what}`);
    return instead;
  }

  /** Lists what nobody has asked for, here and below. */
  finish(): void {
    for (const key of Object.keys(this.value)) {
      if (!this.seen.has(key) && key !== '@type' && lookup(this.value, key) !== null)
        this.problems.unread.push([...this.path, key]);
    }
    for (const reader of this.inner) reader.finish();
  }

  private keyOf(name: string): string | null {
    if (Object.hasOwn(this.value, name)) return name;
    const camel = name.replace(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
    return Object.hasOwn(this.value, camel) ? camel : null;
  }
}
