// Who a client is to Linkerd's proxy of a server, and whether it is one of those that an object names.
// linkerd2-proxy: linkerd/app/inbound/src/policy.rs (is_authorized); linkerd: policy-controller/core/src/identity_match.rs.
import type { Network } from '../../config/kinds/linkerd/network.js';
import { serviceAccountOf } from '../filters/identity.js';
import type { Workload } from '../registry/workload.js';
import { isInside } from '../terms/address.js';

/** `authenticated`: through mutual TLS between proxies of Linkerd's. */
export interface LinkerdPeer {
  readonly workload: Workload;
  readonly authenticated: boolean;
}

/** `account.namespace.serviceaccount.identity.linkerd.cluster.local`. */
export function identityOfAccount(account: string, namespace: string): string {
  return `${account}.${namespace}.serviceaccount.identity.linkerd.cluster.local`;
}

/** Null where nobody knows who it is. */
export function identityOf({ workload, authenticated }: LinkerdPeer): string | null {
  return authenticated ? identityOfAccount(serviceAccountOf(workload), workload.namespace) : null;
}

export function isAccount(peer: LinkerdPeer, namespace: string, name: string): boolean {
  return identityOf(peer) === identityOfAccount(name, namespace);
}

/** `pattern`: an identity, `*`, or `*.suffix`. */
export function isIdentity(peer: LinkerdPeer, pattern: string): boolean {
  const own = identityOf(peer);
  if (own === null) return false;
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? own.endsWith(pattern.slice(1)) : own === pattern;
}

export function isInNetworks({ workload }: LinkerdPeer, networks: readonly Network[]): boolean {
  const address = { kind: workload.kind === 'client' || workload.kind === 'external' ? 'outside' : 'pod' } as const;
  return networks.some(
    ({ cidr, except }) => isInside(address, cidr) && !except.some((block) => isInside(address, block)),
  );
}
