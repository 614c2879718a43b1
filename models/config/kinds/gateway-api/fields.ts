// Fields that the routes of the Gateway API share: references, header lists, durations (gateway-api: apis/v1/shared_types.go,
// object_reference_types.go, httproute_types.go; geps/gep-2257 for durations).
import { parseActingDuration } from '../../duration.js';
import { domainProblem, wildcardDomainProblem } from '../../names.js';
import type { Place } from '../../place.js';
import { integer, portNumber, string, word } from '../../scalars.js';
import { checked, defaulted, listOf, mapped, object, optional, required, type Schema } from '../../schema.js';
import type { HeaderOperations } from '../virtual-service.js';

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** What a route attaches to. */
export interface ParentRef {
  readonly group: string;
  readonly kind: string;
  /** null: that of the route. */
  readonly namespace: string | null;
  readonly name: string;
  /** '' = all listeners. */
  readonly sectionName: string;
  readonly port: number | null;
}

/** What a rule sends requests to. */
export interface BackendRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly port: number | null;
  readonly weight: number;
}

export const parentRefs: Schema<readonly ParentRef[]> = listOf(
  'parent references',
  object<ParentRef>('a parent reference', {
    group: defaulted('group', string, GATEWAY_GROUP),
    kind: defaulted('kind', string, 'Gateway'),
    namespace: optional('namespace', string),
    name: required('name', string),
    sectionName: defaulted('sectionName', string, ''),
    port: optional('port', portNumber),
  }),
);

const MAX_WEIGHT = 1_000_000;

export const BACKEND_FIELDS = {
  group: defaulted('group', string, ''),
  kind: defaulted('kind', string, 'Service'),
  namespace: optional('namespace', string),
  name: required('name', string),
  port: optional('port', portNumber),
  weight: defaulted('weight', integer(0, MAX_WEIGHT), 1),
};

export function checkBackend(backend: BackendRef, place: Place): void {
  if (backend.group === '' && backend.kind === 'Service' && backend.port === null) {
    place.rejectedByKubernetes('a backendRef to a Service needs a port', 'add port');
  }
}

export const backendRef: Schema<BackendRef> = checked(
  object<BackendRef>('a backend reference', BACKEND_FIELDS),
  checkBackend,
);

const hostname: Schema<string> = checked(string, (host, place) => {
  const problem = host.startsWith('*.') ? wildcardDomainProblem(host) : domainProblem(host);
  if (problem !== null)
    place.rejectedByKubernetes(
      `"${host}" is not a host name: ${problem}`,
      'use a name such as shop.example.com or *.example.com',
    );
});

export const hostnames: Schema<readonly string[]> = listOf('host names', hostname);

export const oneHostname: Schema<string> = {
  expected: hostname.expected,
  read: (value, place) => (value === '' ? '' : hostname.read(value, place)),
};

const DURATION = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;

/** Nanoseconds. */
export const gatewayDuration: Schema<number> = mapped(string, (text, place) => {
  const ns = DURATION.test(text) ? parseActingDuration(text) : null;
  return ns ?? place.wrongType(text, 'a duration such as 10s, 1m30s or 500ms', 'use h, m, s and ms with whole numbers');
});

interface Header {
  readonly name: string;
  readonly value: string;
}

const headerList = listOf(
  'headers',
  object<Header>('a header', { name: required('name', string), value: defaulted('value', string, '') }),
);

interface WrittenOperations {
  readonly set: readonly Header[];
  readonly add: readonly Header[];
  readonly remove: readonly string[];
}

/** Of two entries for one name the first counts. */
export const headerModifier: Schema<HeaderOperations> = mapped(
  object<WrittenOperations>('a header modifier', {
    set: defaulted('set', headerList, []),
    add: defaulted('add', headerList, []),
    remove: defaulted('remove', listOf('header names', string), []),
  }),
  ({ set, add, remove }) => ({ set: byName(set), add: byName(add), remove }),
);

function byName(headers: readonly Header[]): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].reverse().map(({ name, value }) => [name.toLowerCase(), value]));
}

/** A match of a header or of a query parameter. */
export interface NamedMatch {
  readonly type: 'Exact' | 'RegularExpression';
  readonly name: string;
  readonly value: string;
}

export const namedMatches: Schema<readonly NamedMatch[]> = listOf(
  'matches',
  object<NamedMatch>('a match of a name and a value', {
    type: defaulted('type', word(['Exact', 'RegularExpression']), 'Exact'),
    name: required('name', string),
    value: required('value', string),
  }),
);
