// CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy (cilium: pkg/policy/api/*.go, pkg/k8s/apis/cilium.io/v2/types.go).
import type { PlainMap } from '../document.js';
import { INVALID, type Invalid, type Place } from '../place.js';
import { bool, string, strings, word } from '../scalars.js';
import {
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { LabelSelector } from './common.js';
import { regexProblem } from './istio-rules.js';
import type { KindDefinition } from './kind.js';
import { labelSelector } from './label-selector.js';

/** `spec` and `specs` together. */
export interface CiliumPolicySpec {
  readonly rules: readonly CiliumRules[];
}

export interface CiliumRules {
  /** null: for nodes, which are not simulated. */
  readonly endpointSelector: LabelSelector | null;
  /** null: no such section; each with at least one element makes its pods refuse what none of them allows. */
  readonly ingress: readonly CiliumRule[];
  readonly ingressDeny: readonly CiliumRule[];
  readonly egress: readonly CiliumRule[];
  readonly egressDeny: readonly CiliumRule[];
  /** Whether the pods refuse what no rule allows. */
  readonly denies: { readonly ingress: boolean; readonly egress: boolean };
}

/** All fields must hold; in each, any element. null: the field is absent and restricts nothing. */
export interface CiliumRule {
  readonly endpoints: readonly LabelSelector[] | null;
  readonly entities: readonly string[] | null;
  readonly addresses: readonly string[] | null;
  readonly services: readonly { readonly name: string; readonly namespace: string | null }[] | null;
  readonly names: readonly { readonly matchName: string; readonly matchPattern: string }[] | null;
  readonly ports: readonly CiliumPorts[] | null;
}

export interface CiliumPorts {
  readonly ports: readonly { readonly port: string; readonly endPort: number | null; readonly protocol: string }[];
  /** null: not restricted by HTTP; empty: all of HTTP. */
  readonly http: readonly CiliumHttpRule[] | null;
}

/** All fields must hold; the texts are regular expressions of RE2 for the whole value. '' = any. */
export interface CiliumHttpRule {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly headers: readonly string[];
  readonly headerMatches: readonly { readonly name: string; readonly value: string; readonly mismatch: string }[];
}

/** For the whole value (cilium: pkg/policy/api/http.go Sanitize). */
const expression = checked(string, (text, place) => {
  const problem = text === '' ? null : regexProblem(text);
  if (problem !== null)
    place.rejectedByKubernetes(`not a regular expression: ${problem}`, 'write one for the whole value, e.g. /api/.*');
});

/** A path that ends as patterns of other kinds do. */
const path = checked(expression, (text, place) => {
  if (!/[^.\])*]\/\*$/.test(text)) return;
  const before = text.slice(0, -2);
  place.warn(
    'pattern-in-expression',
    `the path is a regular expression: ${text} is ${before} and slashes after it, not what is below ${before}`,
    `write ${before}/.*`,
  );
});

const http: Schema<CiliumHttpRule> = object<CiliumHttpRule>('an HTTP rule', {
  method: defaulted('method', expression, ''),
  path: defaulted('path', path, ''),
  host: defaulted('host', expression, ''),
  headers: defaulted('headers', strings, []),
  headerMatches: defaulted(
    'headerMatches',
    listOf(
      'header matches',
      object<CiliumHttpRule['headerMatches'][number]>(
        'a header match',
        {
          name: required('name', string),
          value: defaulted('value', string, ''),
          mismatch: defaulted('mismatch', string, ''),
        },
        { others: { secret: listed(notModelled('secrets are not read: the header must be there')) } },
      ),
    ),
    [],
  ),
});

interface WrittenPorts {
  readonly ports: CiliumPorts['ports'];
  readonly rules: { readonly http: readonly CiliumHttpRule[] | null } | null;
}

const OTHER_PROTOCOL = notModelled('rules of this protocol are not applied');

const ports: Schema<CiliumPorts> = mapped(
  object<WrittenPorts>(
    'ports',
    {
      ports: defaulted(
        'ports',
        listOf(
          'ports',
          object<CiliumPorts['ports'][number]>('a port', {
            port: required('port', string),
            endPort: optional('endPort', { expected: 'a port', read: readPort }),
            protocol: defaulted('protocol', word(['ANY', 'TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPV6']), 'ANY'),
          }),
        ),
        [],
      ),
      rules: optional(
        'rules',
        object<NonNullable<WrittenPorts['rules']>>(
          'rules',
          { http: optional('http', listOf('HTTP rules', http)) },
          {
            others: {
              ...inert('dns'),
              kafka: listed(OTHER_PROTOCOL),
              l7: listed(OTHER_PROTOCOL),
              l7proto: listed(OTHER_PROTOCOL),
            },
          },
        ),
      ),
    },
    {
      others: {
        listener: listed(notModelled('listeners of Envoy are not read')),
        originatingTLS: listed(notModelled('TLS is not opened')),
        serverNames: listed(notModelled('server names are not checked')),
        terminatingTLS: listed(notModelled('TLS is not opened')),
      },
    },
  ),
  ({ ports: list, rules }) => ({ ports: list, http: rules?.http ?? null }),
);

function readPort(value: unknown, place: Place): number | Invalid {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65536) return number;
  place.rejectedByKubernetes('endPort is a number from 1 to 65535', 'give a port');
  return INVALID;
}

type WrittenRule = Omit<CiliumRule, 'services'> & {
  readonly services: readonly WrittenService[] | null;
};

interface WrittenService {
  readonly k8sService: { readonly serviceName: string; readonly namespace: string | null } | null;
}

/** The fields of a rule in one direction: `from` or `to`. */
function rule(direction: 'from' | 'to'): Schema<CiliumRule> {
  return mapped(
    object<WrittenRule>(
      'a rule',
      {
        endpoints: optional(`${direction}Endpoints`, listOf('selectors', labelSelector)),
        entities: optional(`${direction}Entities`, strings),
        addresses: optional(
          `${direction}CIDR`,
          strings,
          notModelled('addresses are not known: a block that holds all addresses is everybody, any other nobody'),
        ),
        services: optional(
          `${direction}Services`,
          listOf(
            'services',
            object<WrittenService>(
              'a service',
              {
                k8sService: optional(
                  'k8sService',
                  object<NonNullable<WrittenService['k8sService']>>('a Service', {
                    serviceName: required('serviceName', string),
                    namespace: optional('namespace', string),
                  }),
                ),
              },
              { others: { k8sServiceSelector: listed(notModelled('Services are not found by their labels')) } },
            ),
          ),
        ),
        names: optional(
          `${direction}FQDNs`,
          listOf(
            'names',
            object<NonNullable<CiliumRule['names']>[number]>('a name', {
              matchName: defaulted('matchName', string, ''),
              matchPattern: defaulted('matchPattern', string, ''),
            }),
          ),
        ),
        ports: optional('toPorts', listOf('ports', ports)),
      },
      {
        others: {
          ...inert('authentication', 'icmps'),
          [`${direction}CIDRSet`]: listed(notModelled('addresses are not known: the rule allows nobody')),
          [`${direction}Groups`]: listed(notModelled('groups of a cloud are not known: the rule allows nobody')),
          [`${direction}Nodes`]: listed(notModelled('nodes are not simulated')),
          [`${direction}Requires`]: listed(notModelled('further conditions are not applied')),
        },
      },
    ),
    ({ services, ...written }) => ({
      ...written,
      services:
        services?.flatMap(({ k8sService }) =>
          k8sService === null ? [] : [{ name: k8sService.serviceName, namespace: k8sService.namespace }],
        ) ?? null,
    }),
  );
}

interface WrittenRules extends Omit<CiliumRules, 'denies'> {
  readonly enableDefaultDeny: { readonly ingress: boolean | null; readonly egress: boolean | null };
}

const INGRESS = defaulted('ingress', listOf('rules', rule('from')), []);
const EGRESS = defaulted('egress', listOf('rules', rule('to')), []);

const rules: Schema<CiliumRules> = mapped(
  object<WrittenRules>(
    'a policy',
    {
      endpointSelector: optional('endpointSelector', labelSelector),
      ingress: INGRESS,
      ingressDeny: { ...INGRESS, name: 'ingressDeny' },
      egress: EGRESS,
      egressDeny: { ...EGRESS, name: 'egressDeny' },
      enableDefaultDeny: defaulted(
        'enableDefaultDeny',
        object<WrittenRules['enableDefaultDeny']>('what is denied', {
          ingress: optional('ingress', bool),
          egress: optional('egress', bool),
        }),
        { ingress: null, egress: null },
      ),
    },
    {
      others: {
        ...inert('description', 'labels', 'log'),
        nodeSelector: listed(notModelled('policies of nodes are not applied')),
      },
    },
  ),
  ({ enableDefaultDeny, ...written }) => ({
    ...written,
    denies: {
      ingress: enableDefaultDeny.ingress ?? written.ingress.length + written.ingressDeny.length > 0,
      egress: enableDefaultDeny.egress ?? written.egress.length + written.egressDeny.length > 0,
    },
  }),
);

interface WrittenBody {
  readonly spec: CiliumRules | null;
  readonly specs: readonly CiliumRules[];
}

const body = object<WrittenBody>(
  'a policy',
  { spec: optional('spec', rules), specs: defaulted('specs', listOf('policies', rules), []) },
  { others: inert('apiVersion', 'kind', 'metadata', 'status') },
);

function policyKind<Kind extends string>(kind: Kind, namespaced: boolean): KindDefinition<Kind, CiliumPolicySpec> {
  return {
    kind,
    apiVersions: ['cilium.io/v2'],
    namespaced,
    read(document: PlainMap, _context, place) {
      const read = body.read(document, place);
      return read === INVALID ? INVALID : { rules: [...(read.spec === null ? [] : [read.spec]), ...read.specs] };
    },
  };
}

export const ciliumPolicyKind = policyKind('CiliumNetworkPolicy', true);
export const ciliumClusterwidePolicyKind = policyKind('CiliumClusterwideNetworkPolicy', false);
