// Istio's StringMatch (istio api: networking/v1alpha3/virtual_service.proto StringMatch).
import { isPlainMap, type PlainValue } from '../document.js';
import type { Invalid, Place } from '../place.js';
import { string } from '../scalars.js';
import { mapped, object, optional, type Schema } from '../schema.js';
import { checkRegex } from './istio-rules.js';

/**
 * `regex` is RE2 and matches the whole value. `path-prefix` (of the Gateway API) matches whole elements of a path: `/a` matches `/a` and
 * `/a/b`, not `/ab`. `present`: `{}` or the regex `*`, any value will do.
 */
export type StringMatch =
  | { readonly kind: 'exact' | 'prefix' | 'path-prefix' | 'regex'; readonly value: string }
  | { readonly kind: 'present' };

interface Written {
  readonly exact: string | null;
  readonly prefix: string | null;
  readonly regex: string | null;
}

const written: Schema<Written> = object<Written>('a string match', {
  exact: optional('exact', string),
  prefix: optional('prefix', string),
  regex: optional('regex', string),
});

const EXPECTED = 'a string match: exact, prefix or regex';

function stringMatchSchema(emptyPrefix: boolean): Schema<StringMatch> {
  const read = mapped(written, (match, place): StringMatch => {
    const set = (['exact', 'prefix', 'regex'] as const).filter((kind) => match[kind] !== null);
    if (set.length > 1)
      place.rejectedByIstio(`a match has one of exact, prefix and regex, not ${set.join(' and ')}`, 'keep one of them');
    const kind = set[0];
    if (kind === undefined) return { kind: 'present' };
    const value = match[kind]!;
    if (kind === 'regex') {
      if (value === '*') return { kind: 'present' };
      checkRegex(value, place.child('regex'));
    }
    if (kind === 'prefix' && value === '' && !emptyPrefix) {
      place.child('prefix').rejectedByIstio('the prefix is empty', 'leave the match out, or write {} for "is present"');
    }
    return { kind, value };
  });
  return {
    expected: EXPECTED,
    read(value: PlainValue, place: Place): StringMatch | Invalid {
      if (isPlainMap(value)) return read.read(value, place);
      const text = typeof value === 'object' ? '…' : JSON.stringify(value);
      return place.wrongType(value, EXPECTED, `write {exact: ${text}}`);
    },
  };
}

/** Any match but that of a path: an empty prefix is refused. */
export const stringMatch = stringMatchSchema(false);
/** The match of a path. */
export const uriMatch = stringMatchSchema(true);
