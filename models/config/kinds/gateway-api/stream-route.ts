// TCPRoute and TLSRoute (gateway-api: apis/v1/tcproute_types.go, tlsroute_types.go).
import { string } from '../../scalars.js';
import { defaulted, listOf, mapped, object, type Schema } from '../../schema.js';
import { specKind } from '../kind.js';
import { type BackendRef, backendRef, GATEWAY_GROUP, hostnames, type ParentRef, parentRefs } from './fields.js';

export interface StreamRouteSpec {
  readonly parentRefs: readonly ParentRef[];
  /** Server names of TLS; empty for TCP, and where all are taken. */
  readonly hostnames: readonly string[];
  readonly rules: readonly { readonly name: string; readonly backendRefs: readonly BackendRef[] }[];
}

type Rule = StreamRouteSpec['rules'][number];

const rules = listOf(
  'rules',
  object<Rule>('a rule', {
    name: defaulted('name', string, ''),
    backendRefs: defaulted('backendRefs', listOf('backend references', backendRef), []),
  }),
);

const tls: Schema<StreamRouteSpec> = object<StreamRouteSpec>('a TLSRoute', {
  parentRefs: defaulted('parentRefs', parentRefs, []),
  hostnames: defaulted('hostnames', hostnames, []),
  rules: defaulted('rules', rules, []),
});

const tcp: Schema<StreamRouteSpec> = mapped(
  object<Omit<StreamRouteSpec, 'hostnames'>>('a TCPRoute', {
    parentRefs: defaulted('parentRefs', parentRefs, []),
    rules: defaulted('rules', rules, []),
  }),
  (spec) => ({ ...spec, hostnames: [] }),
);

const VERSIONS = ['v1', 'v1alpha3', 'v1alpha2'].map((version) => `${GATEWAY_GROUP}/${version}`);

export const tlsRouteKind = specKind('TLSRoute', VERSIONS, () => tls);
export const tcpRouteKind = specKind('TCPRoute', VERSIONS, () => tcp);
