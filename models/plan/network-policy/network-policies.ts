// Who may connect to whom: NetworkPolicies and Cilium's policies of all pods, in one union. Both ends must allow: the egress of the caller and
// the ingress of the server. Pods that no policy selects in a direction refuse nothing there.
// kubernetes: networking/v1 NetworkPolicy; cilium: Documentation/security/policy, pkg/policy/api.
import type { ResourceSet } from '../../config/load.js';
import type { RequestClass } from '../request-class.js';
import { ciliumRules } from './cilium-rules.js';
import { kubernetesRules } from './kubernetes-rules.js';

/** One end of a connection. */
export interface Peer {
  /** `outside`: not of the cluster. */
  readonly kind: 'pod' | 'outside';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

export interface Connection {
  readonly client: Peer;
  readonly server: Peer;
  /** Of the server's pods. */
  readonly port: { readonly number: number | null; readonly name: string };
  /** Names of the Services that lead there. */
  readonly services: readonly { readonly name: string; readonly namespace: string }[];
  /** What the client dials. */
  readonly host: string;
  readonly request: RequestClass;
}

export type Direction = 'ingress' | 'egress';

/** What one policy says about the pods that it selects. */
export interface PolicyRule {
  /** Whose policy: the server's for ingress, the caller's for egress. */
  readonly direction: Direction;
  selects(peer: Peer): boolean;
  /** Whether its pods refuse what no rule allows. */
  readonly denies: boolean;
  /** `http`: this peer and port are allowed, but not this request. */
  verdict(connection: Connection): 'silent' | 'allow' | 'http' | 'deny';
}

/** `drop`: packets are dropped, and the client runs into its connect time-out. `forbid`: 403 by a proxy that reads HTTP. */
export type Verdict = 'allow' | 'drop' | 'forbid';

export class NetworkPolicies {
  private readonly rules: readonly PolicyRule[];

  constructor(resources: ResourceSet) {
    this.rules = [...kubernetesRules(resources), ...ciliumRules(resources)];
  }

  get empty(): boolean {
    return this.rules.length === 0;
  }

  verdict(connection: Connection): Verdict {
    const egress = this.oneWay('egress', connection.client, connection);
    const ingress = this.oneWay('ingress', connection.server, connection);
    if (egress === 'drop' || ingress === 'drop') return 'drop';
    return egress === 'forbid' || ingress === 'forbid' ? 'forbid' : 'allow';
  }

  private oneWay(direction: Direction, owner: Peer, connection: Connection): Verdict {
    if (owner.kind === 'outside') return 'allow';
    const own = this.rules.filter((rule) => rule.direction === direction && rule.selects(owner));
    const verdicts = own.map((rule) => rule.verdict(connection));
    if (verdicts.includes('deny')) return 'drop';
    if (verdicts.includes('allow')) return 'allow';
    if (verdicts.includes('http')) return 'forbid';
    return own.some(({ denies }) => denies) ? 'drop' : 'allow';
  }
}
