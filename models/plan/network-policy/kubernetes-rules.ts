// NetworkPolicies as rules (kubernetes: networking/v1 types.go, NetworkPolicySpec: isolation, peers, ports).
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { NetworkPeer, NetworkPort, NetworkRule } from '../../config/kinds/network-policy.js';
import type { ResourceSet } from '../../config/load.js';
import { decidingPolicy } from '../contract/decision.js';
import type { Connection, Direction, Peer, PolicyRule } from './policy-rule.js';

export function kubernetesRules(resources: ResourceSet): PolicyRule[] {
  return resources.networkPolicies.flatMap((policy): PolicyRule[] => {
    const { namespace, spec } = policy;
    const selects = (peer: Peer): boolean =>
      peer.namespace === namespace && matchesLabels(spec.podSelector, peer.labels);
    const rule = (direction: Direction, rules: readonly NetworkRule[] | null): PolicyRule[] =>
      rules === null
        ? []
        : [
            {
              policy: decidingPolicy(policy, null),
              direction,
              selects,
              wish: { namespace, labels: spec.podSelector.matchLabels },
              denies: true,
              verdict: (connection) => {
                const other = direction === 'ingress' ? connection.client : connection.server;
                return rules.some((own) => allows(own, other, namespace, connection)) ? 'allow' : 'silent';
              },
            },
          ];
    return [...rule('ingress', spec.ingress), ...rule('egress', spec.egress)];
  });
}

function allows({ peers, ports }: NetworkRule, other: Peer, namespace: string, { port }: Connection): boolean {
  const peer = peers.length === 0 || peers.some((own) => isPeer(own, other, namespace));
  return peer && (ports.length === 0 || ports.some((own) => isPort(own, port)));
}

/** Addresses of pods are not known: a block that holds all addresses is everybody, any other whoever is outside of the cluster. */
function isPeer(peer: NetworkPeer, other: Peer, namespace: string): boolean {
  if (peer.kind === 'addresses') return /\/0$/.test(peer.cidr) || other.kind === 'outside';
  if (other.kind === 'outside' || !matchesLabels(peer.podSelector, other.labels)) return false;
  return peer.namespaceSelector === null
    ? other.namespace === namespace
    : matchesLabels(peer.namespaceSelector, other.namespaceLabels);
}

function isPort(own: NetworkPort, port: Connection['port']): boolean {
  if (own.protocol !== 'TCP') return false;
  if (own.port === null) return true;
  if (typeof own.port === 'string') return own.port === port.name;
  return port.number !== null && port.number >= own.port && port.number <= (own.endPort ?? own.port);
}
