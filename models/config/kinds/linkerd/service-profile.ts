// Linkerd's ServiceProfile (linkerd: controller/gen/apis/serviceprofile/v1alpha2/types.go, pkg/profiles/profiles.go Validate).
import { bool, duration, integer, milliQuantity, number, string, uint32 } from '../../scalars.js';
import {
  checked,
  defaulted,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../../schema.js';
import { regexProblem } from '../istio-rules.js';
import { specKind } from '../kind.js';

export interface ServiceProfileSpec {
  readonly routes: readonly ProfileRoute[];
  /** null: the default. */
  readonly retryBudget: ProfileBudget | null;
  /** Where requests go instead, by weight; empty: to the service. */
  readonly dstOverrides: readonly ProfileOverride[];
}

export interface ProfileRoute {
  readonly name: string;
  readonly condition: RequestCondition;
  readonly isRetryable: boolean;
  /** 0 = none. */
  readonly timeoutNs: number;
  readonly responseClasses: readonly ResponseClass[];
}

/** Everything that is set must hold. */
export interface RequestCondition {
  readonly method: string | null;
  /** Of the whole path. */
  readonly pathRegex: string | null;
  readonly allOf: readonly RequestCondition[] | null;
  readonly anyOf: readonly RequestCondition[] | null;
  readonly not: RequestCondition | null;
}

export interface ResponseClass {
  readonly condition: ResponseCondition;
  readonly isFailure: boolean;
}

export interface ResponseCondition {
  /** 0 = open. */
  readonly status: { readonly min: number; readonly max: number } | null;
  readonly allOf: readonly ResponseCondition[] | null;
  readonly anyOf: readonly ResponseCondition[] | null;
  readonly not: ResponseCondition | null;
}

export interface ProfileBudget {
  readonly retryRatio: number;
  readonly minRetriesPerSecond: number;
  readonly ttlNs: number;
}

export interface ProfileOverride {
  /** `host:port`; the port may be absent. */
  readonly authority: string;
  /** Thousandths. */
  readonly weight: number;
}

/** A schema that contains itself. */
function lazy<T>(expected: string, schema: () => Schema<T>): Schema<T> {
  return { expected, read: (value, place) => schema().read(value, place) };
}

const pathRegex = checked(string, (text, place) => {
  const problem = text === '' ? null : regexProblem(text);
  if (problem !== null)
    place.rejectedByKubernetes(`not a regular expression: ${problem}`, 'use RE2 syntax, e.g. /books/[^/]*');
});

const requestCondition: Schema<RequestCondition> = checked(
  object<RequestCondition>('a request condition', {
    method: optional('method', string),
    pathRegex: optional('pathRegex', pathRegex),
    allOf: optional(
      'all',
      lazy('a list of conditions', () => listOf('conditions', requestCondition)),
    ),
    anyOf: optional(
      'any',
      lazy('a list of conditions', () => listOf('conditions', requestCondition)),
    ),
    not: optional(
      'not',
      lazy('a condition', () => requestCondition),
    ),
  }),
  ({ method, pathRegex: path, allOf, anyOf, not }, place) => {
    if (!method && !path && allOf === null && anyOf === null && not === null)
      place.rejectedByKubernetes('a request match has no field set', 'give method, pathRegex, all, any or not');
  },
);

const status = checked(
  object<{ min: number; max: number }>('a range of statuses', {
    min: defaulted('min', integer(0, 599), 0),
    max: defaulted('max', integer(0, 599), 0),
  }),
  ({ min, max }, place) => {
    if ((min !== 0 && min < 100) || (max !== 0 && max < 100))
      place.rejectedByKubernetes('a status is from 100 to 599', 'give e.g. min: 500, max: 599');
    else if (min !== 0 && max !== 0 && max < min)
      place.rejectedByKubernetes('max is smaller than min', 'exchange the two');
  },
);

const responseCondition: Schema<ResponseCondition> = checked(
  object<ResponseCondition>('a response condition', {
    status: optional('status', status),
    allOf: optional(
      'all',
      lazy('a list of conditions', () => listOf('conditions', responseCondition)),
    ),
    anyOf: optional(
      'any',
      lazy('a list of conditions', () => listOf('conditions', responseCondition)),
    ),
    not: optional(
      'not',
      lazy('a condition', () => responseCondition),
    ),
  }),
  (condition, place) => {
    if (Object.values(condition).every((part) => part === null))
      place.rejectedByKubernetes('a response match has no field set', 'give status, all, any or not');
  },
);

const route: Schema<ProfileRoute> = checked(
  object<ProfileRoute>('a route', {
    name: required('name', string),
    condition: required('condition', requestCondition),
    isRetryable: defaulted('isRetryable', bool, false),
    timeoutNs: defaulted('timeout', mapped(string, readTimeout), 0),
    responseClasses: defaulted(
      'responseClasses',
      listOf(
        'response classes',
        object<ResponseClass>('a response class', {
          condition: required('condition', responseCondition),
          isFailure: defaulted('isFailure', bool, false),
        }),
      ),
      [],
    ),
  }),
  ({ name }, place) => {
    if (name === '') place.rejectedByKubernetes('a route has no name', 'name it, e.g. GET /books');
  },
);

/** '' is none. */
function readTimeout(text: string, place: Parameters<typeof duration.read>[1]): ReturnType<typeof duration.read> {
  return text === '' ? 0 : duration.read(text, place);
}

const MAX_RATIO = 3.4e38;

const spec: Schema<ServiceProfileSpec> = object<ServiceProfileSpec>(
  'a ServiceProfile',
  {
    routes: defaulted('routes', listOf('routes', route), []),
    retryBudget: optional(
      'retryBudget',
      object<ProfileBudget>('a retry budget', {
        retryRatio: required('retryRatio', number(0, MAX_RATIO)),
        minRetriesPerSecond: required('minRetriesPerSecond', uint32),
        ttlNs: required('ttl', duration),
      }),
    ),
    dstOverrides: defaulted(
      'dstOverrides',
      listOf(
        'destinations',
        object<ProfileOverride>('a destination', {
          authority: required('authority', string),
          weight: required('weight', milliQuantity),
        }),
      ),
      [],
    ),
  },
  { others: { opaquePorts: listed(notModelled('opaque ports are read from annotations alone')) } },
);

export const serviceProfileKind = specKind(
  'ServiceProfile',
  ['linkerd.io/v1alpha2', 'linkerd.io/v1alpha1'],
  () => spec,
);
