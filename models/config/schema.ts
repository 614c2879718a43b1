// A small declarative language for the fields of a resource. A schema checks a plain value, reports what is wrong with it at its
// place, and returns it typed; each field also says how much of it the simulation honours, which becomes the fidelity list.

import { setEntry } from '../../sim/lookup.js';
import { nearestName } from '../../sim/nearest.js';
import { isPlainMap, type PlainMap, type PlainValue } from './document.js';
import { INVALID, type Invalid, type Place } from './place.js';

export interface Schema<T> {
  /** What a value should be, as a message says it: `a list of strings`. */
  readonly expected: string;
  read(value: PlainValue, place: Place): T | Invalid;
}

/** How much of a field is honoured; `meaning` says what that does to the answer. */
export type FieldFidelity =
  | { readonly status: 'modelled' }
  | { readonly status: 'approximated' | 'not-modelled'; readonly meaning: string };

const MODELLED: FieldFidelity = { status: 'modelled' };

export function approximated(meaning: string): FieldFidelity {
  return { status: 'approximated', meaning };
}

export function notModelled(meaning: string): FieldFidelity {
  return { status: 'not-modelled', meaning };
}

/** A field that is read into the typed value, under a name that may carry a unit. */
export interface Field<T> {
  readonly name: string;
  readonly schema: Schema<T>;
  /** Value where the field is absent or null; null itself: the field must be there. */
  readonly absent: { readonly value: T } | null;
  readonly fidelity: FieldFidelity;
}

export function required<T>(name: string, schema: Schema<T>, fidelity: FieldFidelity = MODELLED): Field<T> {
  return { name, schema, absent: null, fidelity };
}

/** Absent reads as null. */
export function optional<T>(name: string, schema: Schema<T>, fidelity: FieldFidelity = MODELLED): Field<T | null> {
  return { name, schema, absent: { value: null }, fidelity };
}

export function defaulted<T>(
  name: string,
  schema: Schema<T>,
  value: NoInfer<T>,
  fidelity: FieldFidelity = MODELLED,
): Field<T> {
  return { name, schema, absent: { value }, fidelity };
}

/**
 * A field that is known but does not reach the typed value: without any effect on the answer (`inert`), listed as not modelled or
 * approximated, or gone from the API (`gone`: a warning, and listed).
 */
export type OtherField =
  | { readonly kind: 'inert' }
  | { readonly kind: 'listed'; readonly fidelity: FieldFidelity }
  | { readonly kind: 'gone'; readonly meaning: string; readonly hint: string };

export const INERT: OtherField = { kind: 'inert' };

export function listed(fidelity: FieldFidelity): OtherField {
  return { kind: 'listed', fidelity };
}

export function gone(meaning: string, hint: string): OtherField {
  return { kind: 'gone', meaning, hint };
}

/** Several inert fields at once. */
export function inert(...names: readonly string[]): Readonly<Record<string, OtherField>> {
  return Object.fromEntries(names.map((name) => [name, INERT]));
}

export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

export interface ObjectOptions {
  readonly others?: Readonly<Record<string, OtherField>>;
  /** Fields may also be written by their protobuf names: `mirror_percent` for `mirrorPercent`. */
  readonly protobuf?: boolean;
}

/** A map with known fields. `what` names it in messages: `an HTTP route`. */
export function object<T extends object>(what: string, fields: Fields<T>, options: ObjectOptions = {}): Schema<T> {
  return new ObjectSchema<T>(what, fields, options);
}

class ObjectSchema<T extends object> implements Schema<T> {
  readonly expected: string;
  private readonly byName = new Map<string, { key: string; field: Field<unknown> }>();
  private readonly others: ReadonlyMap<string, OtherField>;
  private readonly names: readonly string[];
  private readonly protobuf: boolean;

  constructor(
    private readonly what: string,
    fields: Fields<T>,
    options: ObjectOptions,
  ) {
    this.expected = `${what} (a map)`;
    for (const [key, field] of Object.entries(fields) as [string, Field<unknown>][]) {
      this.byName.set(field.name, { key, field });
    }
    this.others = new Map(Object.entries(options.others ?? {}));
    this.names = [...this.byName.keys(), ...this.others.keys()];
    this.protobuf = options.protobuf ?? false;
  }

  read(value: PlainValue, place: Place): T | Invalid {
    if (!isPlainMap(value))
      return place.wrongType(value, this.expected, `write the fields of ${this.what} as name: value`);
    const result: Record<string, unknown> = {};
    let valid = true;
    for (const [written, found] of Object.entries(value)) {
      if (found === null) continue;
      valid = this.readField(written, found, place, result) && valid;
    }
    for (const { key, field } of this.byName.values()) {
      if (Object.hasOwn(result, key)) continue;
      if (field.absent !== null) setEntry(result, key, field.absent.value);
      else if (valid || !this.wasWritten(value, field.name)) {
        place.missing(field.name, field.schema.expected);
        valid = false;
      }
    }
    return valid ? (result as T) : INVALID;
  }

  private readField(written: string, value: PlainValue, place: Place, result: Record<string, unknown>): boolean {
    const name = this.knownName(written);
    const known = this.byName.get(name);
    if (known === undefined) {
      this.readOther(written, name, place.child(written));
      return true;
    }
    const at = place.child(written);
    const read = known.field.schema.read(value, at);
    if (read === INVALID) return false;
    setEntry(result, known.key, read);
    list(at, known.field.fidelity);
    return true;
  }

  private readOther(written: string, name: string, at: Place): void {
    const other = this.others.get(name);
    if (other === undefined) {
      this.unknown(written, at);
      return;
    }
    switch (other.kind) {
      case 'inert':
        return;
      case 'listed':
        list(at, other.fidelity);
        return;
      case 'gone':
        at.warn('deprecated-field', other.meaning, other.hint);
        at.notModelled(other.meaning);
    }
  }

  private unknown(written: string, at: Place): void {
    const near = nearestName(written, this.names);
    const hint = near === null ? `${this.what} has ${enumerate(this.names)}` : `did you mean "${near}"?`;
    at.complain('unknown-field', `${this.what} has no field "${written}"`, hint);
    at.notModelled(`not a field of ${this.what}: the cluster drops it, and so does the simulation`);
  }

  private knownName(written: string): string {
    if (this.byName.has(written) || this.others.has(written) || !this.protobuf || !written.includes('_'))
      return written;
    return written.replace(/_+([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  }

  private wasWritten(value: PlainMap, name: string): boolean {
    return Object.entries(value).some(([written, found]) => found !== null && this.knownName(written) === name);
  }
}

function list(at: Place, fidelity: FieldFidelity): void {
  if (fidelity.status === 'approximated') at.approximated(fidelity.meaning);
  if (fidelity.status === 'not-modelled') at.notModelled(fidelity.meaning);
}

const MAX_ENUMERATED = 12;

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, MAX_ENUMERATED).join(', ');
  return names.length > MAX_ENUMERATED ? `${shown} …` : shown;
}

/** A list; `what` names its elements in the plural: `routes`. */
export function listOf<T>(what: string, element: Schema<T>): Schema<readonly T[]> {
  const expected = `a list of ${what}`;
  return {
    expected,
    read(value, place) {
      if (!Array.isArray(value)) return place.wrongType(value, expected, 'begin each element with "- "');
      const items = (value as readonly PlainValue[]).map((item, index) => element.read(item, place.child(index)));
      return items.includes(INVALID) ? INVALID : (items as T[]);
    },
  };
}

/** A map from names of the user's choice; `what` names its values: `strings`. Values that are null are left out. */
export function mapOf<T>(what: string, element: Schema<T>): Schema<Readonly<Record<string, T>>> {
  const expected = `a map of ${what}`;
  return {
    expected,
    read(value, place) {
      if (!isPlainMap(value)) return place.wrongType(value, expected, 'write each entry as name: value');
      const result: Record<string, T> = {};
      let valid = true;
      for (const [key, found] of Object.entries(value)) {
        if (found === null) continue;
        const read = element.read(found, place.child(key));
        if (read === INVALID) valid = false;
        else setEntry(result, key, read);
      }
      return valid ? result : INVALID;
    },
  };
}

/** Reads with `schema`, then turns the value into another. */
export function mapped<A, B>(schema: Schema<A>, transform: (value: A, place: Place) => B | Invalid): Schema<B> {
  return {
    expected: schema.expected,
    read(value, place) {
      const read = schema.read(value, place);
      return read === INVALID ? INVALID : transform(read, place);
    },
  };
}

/** Reads with `schema`, then lets `check` report what is wrong with a value that has the right type. */
export function checked<T>(schema: Schema<T>, check: (value: T, place: Place) => void): Schema<T> {
  return mapped(schema, (value, place) => {
    check(value, place);
    return value;
  });
}
