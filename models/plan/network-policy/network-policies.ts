// Who may connect to whom: NetworkPolicies and Cilium's policies of all pods, in one union. Both ends must allow: the egress of the caller and
// the ingress of the server. Pods that no policy selects in a direction refuse nothing there.
// kubernetes: networking/v1 NetworkPolicy; cilium: Documentation/security/policy, pkg/policy/api.
import type { ResourceSet } from '../../config/load.js';
import { ciliumRules } from './cilium-rules.js';
import { kubernetesRules } from './kubernetes-rules.js';
import type { Connection, Direction, Peer, PolicyRule } from './policy-rule.js';

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
