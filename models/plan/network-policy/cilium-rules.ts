// Cilium's policies as rules (cilium: pkg/policy/api/{rule,ingress,egress,l4,http,entity}.go; cilium/proxy: cilium/network_policy.cc).
import type { CiliumHttpRule, CiliumPorts, CiliumRule, CiliumRules } from '../../config/kinds/cilium-policy.js';
import type { LabelSelector } from '../../config/kinds/common.js';
import { matchesLabels } from '../../config/kinds/label-selector.js';
import type { ResourceSet } from '../../config/load.js';
import { type DecidingPolicy, decidingPolicy } from '../contract/decision.js';
import { fullMatch } from '../terms/match.js';
import { headerValue, type RequestClass } from '../terms/request-class.js';
import type { Connection, Direction, Peer, PolicyRule } from './policy-rule.js';

const NAMESPACE_LABEL = 'io.kubernetes.pod.namespace';
const NAMESPACE_LABELS = 'io.cilium.k8s.namespace.labels.';

export function ciliumRules(resources: ResourceSet): PolicyRule[] {
  return [
    ...resources.ciliumPolicies.flatMap((policy) =>
      policy.spec.rules.flatMap((rules) => rulesOf(rules, policy.namespace, decidingPolicy(policy, null))),
    ),
    ...resources.ciliumClusterwidePolicies.flatMap((policy) =>
      policy.spec.rules.flatMap((rules) => rulesOf(rules, null, decidingPolicy(policy, null))),
    ),
  ];
}

/** @param namespace null: of the whole cluster */
function rulesOf(rules: CiliumRules, namespace: string | null, policy: DecidingPolicy): PolicyRule[] {
  const { endpointSelector } = rules;
  if (endpointSelector === null) return [];
  const selects = (peer: Peer): boolean =>
    peer.kind === 'pod' &&
    (namespace === null || peer.namespace === namespace) &&
    matchesLabels(endpointSelector, labelsOf(peer));
  const wish = { namespace, labels: Object.fromEntries(ownLabels(endpointSelector)) };
  const rule = (direction: Direction, allow: readonly CiliumRule[], deny: readonly CiliumRule[]): PolicyRule => ({
    policy,
    direction,
    selects,
    wish,
    denies: rules.denies[direction],
    verdict: (connection) => {
      const other = direction === 'ingress' ? connection.client : connection.server;
      const meets = (own: CiliumRule): CiliumPorts[] | null => portsFor(own, other, namespace, connection);
      if (deny.some((own) => meets(own) !== null)) return 'deny';
      const met = allow.flatMap((own) => meets(own) ?? []);
      if (met.length === 0) return 'silent';
      // A rule without HTTP for the same peer and port lifts the restriction of those with it.
      const open = met.some(
        ({ http }) => http === null || http.length === 0 || http.some((own) => meetsHttp(own, connection.request)),
      );
      return open ? 'allow' : 'http';
    },
  });
  return [rule('ingress', rules.ingress, rules.ingressDeny), rule('egress', rules.egress, rules.egressDeny)];
}

const ALL_PORTS: CiliumPorts = { ports: [], http: null };

/** The port rules that the connection meets; null where its peer or port is not meant. */
function portsFor(
  rule: CiliumRule,
  other: Peer,
  namespace: string | null,
  connection: Connection,
): CiliumPorts[] | null {
  if (!isPeer(rule, other, namespace, connection)) return null;
  if (rule.ports === null) return [ALL_PORTS];
  const met = rule.ports.filter(({ ports }) => ports.length === 0 || ports.some((own) => isPort(own, connection.port)));
  return met.length === 0 ? null : met;
}

/** A rule without any peer means everybody if it has ports, and nobody if it has nothing at all. */
function isPeer(rule: CiliumRule, other: Peer, namespace: string | null, connection: Connection): boolean {
  const { endpoints, entities, addresses, services, names } = rule;
  if (endpoints === null && entities === null && addresses === null && services === null && names === null) {
    return rule.ports !== null;
  }
  return (
    (endpoints?.some((selector) => isEndpoint(selector, other, namespace)) ?? false) ||
    (entities?.some((entity) => isEntity(entity, other)) ?? false) ||
    (addresses?.some((cidr) => cidr.endsWith('/0')) ?? false) ||
    (services?.some((own) =>
      connection.services.some(
        (service) =>
          service.name === own.name && service.namespace === (own.namespace ?? namespace ?? service.namespace),
      ),
    ) ??
      false) ||
    (names?.some(({ matchName, matchPattern }) => isName(matchName, matchPattern, connection.host)) ?? false)
  );
}

/** A selector that names no namespace means pods of the policy's own. */
function isEndpoint(selector: LabelSelector, other: Peer, namespace: string | null): boolean {
  if (other.kind === 'outside') return false;
  const keys = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  const anyNamespace = keys.some(
    (key) => plain(key).startsWith('io.kubernetes.pod.namespace') || plain(key).startsWith('io.cilium.k8s.namespace'),
  );
  if (namespace !== null && !anyNamespace && other.namespace !== namespace) return false;
  return matchesLabels(withoutSources(selector), labelsOf(other));
}

/** What a selector asks of the labels that the pods have themselves. */
function ownLabels({ matchLabels }: LabelSelector): [string, string][] {
  return Object.entries(matchLabels).filter(([key]) => key !== NAMESPACE_LABEL && !key.startsWith(NAMESPACE_LABELS));
}

/** Labels as Cilium derives them for a pod. */
function labelsOf({ namespace, labels, namespaceLabels }: Peer): Readonly<Record<string, string>> {
  const ofNamespace = Object.entries(namespaceLabels).map(([key, value]) => [`${NAMESPACE_LABELS}${key}`, value]);
  return { ...labels, ...Object.fromEntries(ofNamespace), [NAMESPACE_LABEL]: namespace };
}

/** `k8s:app` is `app`. */
function plain(key: string): string {
  return key.replace(/^(k8s|any)[:.]/, '');
}

function withoutSources({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  return {
    matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [plain(key), value])),
    matchExpressions: matchExpressions.map((own) => ({ ...own, key: plain(own.key) })),
  };
}

function isEntity(entity: string, other: Peer): boolean {
  switch (entity) {
    case 'all':
      return true;
    case 'cluster':
      return other.kind === 'pod';
    case 'world':
    case 'world-ipv4':
    case 'world-ipv6':
      return other.kind === 'outside';
    default:
      return false;
  }
}

function isPort({ port, endPort, protocol }: CiliumPorts['ports'][number], actual: Connection['port']): boolean {
  if (protocol !== 'ANY' && protocol !== 'TCP') return false;
  if (!/^\d+$/.test(port)) return port === actual.name;
  const first = Number(port);
  if (first === 0) return true;
  return actual.number !== null && actual.number >= first && actual.number <= (endPort ?? first);
}

/** A `*` of a pattern stands for any part of one label. */
function isName(matchName: string, matchPattern: string, host: string): boolean {
  if (matchName !== '') return matchName.toLowerCase() === host;
  const pattern = matchPattern
    .toLowerCase()
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[-a-z0-9_]*');
  return fullMatch(pattern, host);
}

function meetsHttp(rule: CiliumHttpRule, request: RequestClass): boolean {
  const path = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const meets = (pattern: string, value: string): boolean => pattern === '' || fullMatch(pattern, value);
  return (
    meets(rule.path, path) &&
    meets(rule.method, request.method) &&
    meets(rule.host, request.authority) &&
    rule.headers.every((text) => hasHeader(text, request)) &&
    rule.headerMatches.every(({ name, value, mismatch }) => mismatch !== '' || hasHeader(`${name}: ${value}`, request))
  );
}

/** `Name: value`, or a name alone. */
function hasHeader(text: string, request: RequestClass): boolean {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim().toLowerCase();
  const wanted = colon < 0 ? '' : text.slice(colon + 1).trim();
  const value = headerValue(request.headers, name);
  return value !== null && (wanted === '' || value === wanted);
}
