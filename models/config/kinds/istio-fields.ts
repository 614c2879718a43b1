// Fields that several of Istio's routes share: percentages, port selectors, destinations, header rules (istio api:
// networking/v1alpha3/virtual_service.proto).
import { number, portNumber, string, stringMap, strings } from '../scalars.js';
import {
  checked,
  defaulted,
  gone,
  mapped,
  type OtherField,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import { checkHeaderName, checkHost, checkSubsetName } from './istio-rules.js';
import type { Destination, HeaderOperations, HeaderRules } from './virtual-service.js';

/** Istio's objects may be written with protobuf's own field names. */
export const PROTO = { protobuf: true } as const;

/** Options of an object of Istio's with more fields than those that are read. */
export function protoWith(others: Readonly<Record<string, OtherField>>) {
  return { protobuf: true, others } as const;
}

const SMALLEST_PERCENT = 0.0001;

/** `{value: 0..100}`. */
export const percentage: Schema<number> = mapped(
  object<{ value: number }>('a percentage', { value: defaulted('value', number(-1e9, 1e9), 0) }, PROTO),
  ({ value }, place) => {
    if (value < 0 || value > 100 || (value > 0 && value < SMALLEST_PERCENT)) {
      const at = place.child('value');
      at.rejectedByIstio(`a percentage of ${value} is neither 0 nor from ${SMALLEST_PERCENT} to 100`, 'use 0 to 100');
    }
    return value;
  },
);

/** `{number: 80}`. */
export const portSelector: Schema<number> = mapped(
  object<{ number: number }>(
    'a port selector',
    { number: required('number', portNumber) },
    protoWith({ name: gone('ports are no longer selected by name: ignored', 'give the number of the port') }),
  ),
  (selector) => selector.number,
);

const destinationHost = checked(string, (host, place) => {
  if (host === '*') place.rejectedByIstio('a destination cannot be *', 'name one host');
  else checkHost(host, place);
});

const subset = checked(string, (name, place) => {
  if (name !== '') checkSubsetName(name, place);
});

export const destination: Schema<Destination> = object<Destination>(
  'a destination',
  {
    host: required('host', destinationHost),
    subset: defaulted('subset', subset, ''),
    portNumber: optional('port', portSelector),
  },
  PROTO,
);

const NO_OPERATIONS: HeaderOperations = { set: {}, add: {}, remove: [] };
export const NO_HEADERS: HeaderRules = { request: NO_OPERATIONS, response: NO_OPERATIONS };

function headerOperations(direction: 'request' | 'response'): Schema<HeaderOperations> {
  const fields = object<HeaderOperations>(
    'header operations',
    {
      set: defaulted('set', stringMap, {}),
      add: defaulted('add', stringMap, {}),
      remove: defaulted('remove', strings, []),
    },
    PROTO,
  );
  return checked(fields, (operations, place) => {
    const mayRewriteHost = direction === 'request';
    for (const name of Object.keys(operations.set)) checkHeaderName(name, mayRewriteHost, place.down('set', name));
    for (const name of Object.keys(operations.add)) checkHeaderName(name, mayRewriteHost, place.down('add', name));
    operations.remove.forEach((name, index) => {
      checkHeaderName(name, false, place.down('remove', index));
    });
  });
}

export const headerRules: Schema<HeaderRules> = object<HeaderRules>(
  'header rules',
  {
    request: defaulted('request', headerOperations('request'), NO_OPERATIONS),
    // Without effect: nobody in a run looks at the headers of a response.
    response: defaulted('response', headerOperations('response'), NO_OPERATIONS),
  },
  PROTO,
);
