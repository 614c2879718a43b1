// Who may connect to whom: NetworkPolicies and Cilium's policies of all pods, in one union. Both ends must allow: the egress of the caller and
// the ingress of the server. Pods that no policy selects in a direction refuse nothing there.
// kubernetes: networking/v1 NetworkPolicy; cilium: Documentation/security/policy, pkg/policy/api.
import type { ResourceSet } from '../../config/load.js';
import type { DecidingPolicy } from '../contract/decision.js';
import { SelectorIndex } from '../terms/label-index.js';
import { ciliumRules } from './cilium-rules.js';
import { kubernetesRules } from './kubernetes-rules.js';
import type { Connection, Direction, Peer, PolicyRule } from './policy-rule.js';

/** `drop`: packets are dropped, and the client runs into its connect time-out. `forbid`: 403 by a proxy that reads HTTP. */
export type Verdict = 'allow' | 'drop' | 'forbid';

/** `policies`: those that deny it, else those that select the pods and let nothing of it through; none where it is allowed. */
export interface Decided {
  readonly verdict: Verdict;
  readonly policies: readonly DecidingPolicy[];
}

export class NetworkPolicies {
  private readonly rules: readonly PolicyRule[];
  private readonly index: SelectorIndex;

  constructor(resources: ResourceSet) {
    this.rules = [...kubernetesRules(resources), ...ciliumRules(resources)];
    this.index = new SelectorIndex(this.rules.map(({ wish }) => wish));
  }

  get empty(): boolean {
    return this.rules.length === 0;
  }

  decide(connection: Connection): Decided {
    const egress = this.oneWay('egress', connection.client, connection);
    const ingress = this.oneWay('ingress', connection.server, connection);
    return (
      [egress, ingress].find(({ verdict }) => verdict === 'drop') ?? (egress.verdict === 'forbid' ? egress : ingress)
    );
  }

  private oneWay(direction: Direction, owner: Peer, connection: Connection): Decided {
    if (owner.kind === 'outside') return ALLOWED;
    const own = this.index
      .metBy(owner.namespace, owner.labels)
      .map((position) => this.rules[position]!)
      .filter((rule) => rule.direction === direction && rule.selects(owner));
    const verdicts = own.map((rule) => rule.verdict(connection));
    const saying = (wanted: (typeof verdicts)[number]): DecidingPolicy[] =>
      distinct(own.filter((_, index) => verdicts[index] === wanted));
    if (verdicts.includes('deny')) return { verdict: 'drop', policies: saying('deny') };
    if (verdicts.includes('allow')) return ALLOWED;
    if (verdicts.includes('http')) return { verdict: 'forbid', policies: saying('http') };
    const denying = own.filter(({ denies }) => denies);
    return denying.length > 0 ? { verdict: 'drop', policies: distinct(denying) } : ALLOWED;
  }
}

const ALLOWED: Decided = { verdict: 'allow', policies: [] };

/** A policy may have several rules. */
function distinct(rules: readonly PolicyRule[]): DecidingPolicy[] {
  return [...new Map(rules.map(({ policy }) => [policy.policy, policy])).values()];
}
