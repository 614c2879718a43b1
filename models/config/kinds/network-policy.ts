// NetworkPolicy (kubernetes: staging/src/k8s.io/api/networking/v1/types.go).
import { portNumber, portNumberOrName, string, strings, word } from '../scalars.js';
import { defaulted, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import type { LabelSelector } from './common.js';
import { specKind } from './kind.js';
import { labelSelector, NO_REQUIREMENTS } from './label-selector.js';

export interface NetworkPolicySpec {
  /** Pods of its namespace that it holds for; empty: all. */
  readonly podSelector: LabelSelector;
  /** null: no section, nothing is restricted in this direction. An empty list allows nothing. */
  readonly ingress: readonly NetworkRule[] | null;
  readonly egress: readonly NetworkRule[] | null;
}

export interface NetworkRule {
  /** Any of these; empty: everybody. */
  readonly peers: readonly NetworkPeer[];
  /** Any of these; empty: all ports. */
  readonly ports: readonly NetworkPort[];
}

export type NetworkPeer =
  | {
      readonly kind: 'pods';
      readonly podSelector: LabelSelector;
      /** null: the namespace of the policy. */
      readonly namespaceSelector: LabelSelector | null;
    }
  | { readonly kind: 'addresses'; readonly cidr: string; readonly except: readonly string[] };

export interface NetworkPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** Of the pods: a number or the name of a container port; null = all. */
  readonly port: number | string | null;
  readonly endPort: number | null;
}

interface WrittenPeer {
  readonly podSelector: LabelSelector | null;
  readonly namespaceSelector: LabelSelector | null;
  readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } | null;
}

const peer: Schema<NetworkPeer> = mapped(
  object<WrittenPeer>('a peer', {
    podSelector: optional('podSelector', labelSelector),
    namespaceSelector: optional('namespaceSelector', labelSelector),
    ipBlock: optional(
      'ipBlock',
      object<NonNullable<WrittenPeer['ipBlock']>>('a block of addresses', {
        cidr: required('cidr', string),
        except: defaulted('except', strings, []),
      }),
    ),
  }),
  ({ podSelector, namespaceSelector, ipBlock }, place) => {
    if (ipBlock !== null) {
      if (podSelector !== null || namespaceSelector !== null)
        place.child('ipBlock').rejectedByKubernetes('ipBlock excludes selectors', 'make two peers of them');
      return { kind: 'addresses', ...ipBlock };
    }
    if (podSelector === null && namespaceSelector === null)
      place.rejectedByKubernetes('a peer needs a selector or ipBlock', 'add podSelector, e.g. {} for all pods');
    return { kind: 'pods', podSelector: podSelector ?? NO_REQUIREMENTS, namespaceSelector };
  },
);

const port: Schema<NetworkPort> = object<NetworkPort>('a port', {
  protocol: defaulted('protocol', word(['TCP', 'UDP', 'SCTP']), 'TCP'),
  port: optional('port', portNumberOrName),
  endPort: optional('endPort', portNumber),
});

const PEERS = listOf('peers', peer);
const PORTS = defaulted('ports', listOf('ports', port), []);

const ingressRule = object<NetworkRule>('an ingress rule', { peers: defaulted('from', PEERS, []), ports: PORTS });
const egressRule = object<NetworkRule>('an egress rule', { peers: defaulted('to', PEERS, []), ports: PORTS });

interface Written {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly NetworkRule[];
  readonly egress: readonly NetworkRule[] | null;
}

const spec: Schema<NetworkPolicySpec> = mapped(
  object<Written>('a NetworkPolicy', {
    podSelector: defaulted('podSelector', labelSelector, NO_REQUIREMENTS),
    policyTypes: defaulted('policyTypes', listOf('policy types', word(['Ingress', 'Egress'])), []),
    ingress: defaulted('ingress', listOf('ingress rules', ingressRule), []),
    egress: optional('egress', listOf('egress rules', egressRule)),
  }),
  ({ podSelector, policyTypes, ingress, egress }) => {
    const given = policyTypes.length > 0;
    const restrictsIngress = !given || policyTypes.includes('Ingress');
    // kubernetes: pkg/apis/networking/v1/defaults.go.
    const restrictsEgress = given ? policyTypes.includes('Egress') : (egress ?? []).length > 0;
    return {
      podSelector,
      ingress: restrictsIngress ? ingress : null,
      egress: restrictsEgress ? (egress ?? []) : null,
    };
  },
);

export const networkPolicyKind = specKind('NetworkPolicy', ['networking.k8s.io/v1', 'extensions/v1beta1'], () => spec);
