// What Linkerd's proxy of a server does with a request before its application has it: who it is, then how many.
// linkerd2-proxy: linkerd/app/inbound/src/policy/http.rs, linkerd/proxy/server-policy/src/local_rate_limit.rs (governor: GCRA with a burst of one second).
import type { ResourceSet } from '../../config/load.js';
import type { FieldPath } from '../../config/resource.js';
import type { FieldSource } from '../contract/sources.js';
import type { FilterPool } from '../filters/filter-pool.js';
import type { Workload } from '../registry/workload.js';
import { filterSource, writtenAt } from '../terms/field-source.js';
import type { RequestClass } from '../terms/request-class.js';
import type { LinkerdAuthorization, LinkerdServer, Verdict } from './authorization.js';
import { identityOf, isAccount, type LinkerdPeer } from './peer.js';

const SECOND_NS = 1_000_000_000;
const TOO_MANY_REQUESTS = 429;

export class LinkerdInbound {
  constructor(
    private readonly resources: ResourceSet,
    private readonly authorization: LinkerdAuthorization,
    private readonly pool: FilterPool,
  ) {}

  /** The filters of a server's proxy for the requests of a client; null: none. */
  filters(server: Workload, peer: LinkerdPeer, port: number, request: RequestClass): readonly number[] | null {
    const verdict = this.authorization.verdict(server, peer, port, request);
    const own = this.authorization.serverOf(server, port);
    const filters = [
      ...(verdict === null ? [] : [this.verdictFilter(verdict)]),
      ...(own === undefined ? [] : this.limits(own, server, peer)),
    ];
    return filters.length === 0 ? null : filters;
  }

  private verdictFilter({ status, by, position, source }: Verdict): number {
    const decidedBy = { reason: 'linkerd', policies: [{ policy: by, rule: null, position }] } as const;
    const decider = source === null ? null : filterSource(source, 'authorization', by);
    return this.pool.number(by, { kind: 'rbac', cpuNs: 0, latencyNs: 0, status, decidedBy }, decider);
  }

  /** Of all clients together first, which takes its share even of what the second refuses; then of this one. */
  private limits(own: LinkerdServer, server: Workload, peer: LinkerdPeer): number[] {
    const policy = this.resources.linkerdRateLimits.find(
      ({ namespace, spec: { targetRef } }) => namespace === own.namespace && targetRef.name === own.name,
    );
    if (policy === undefined) return [];
    const { total, identity, overrides } = policy.spec;
    const name = `HTTPLocalRateLimitPolicy ${policy.namespace}/${policy.name} of ${server.resource}`;
    const at = (...path: FieldPath) => writtenAt(policy.source, ['spec', ...path, 'requestsPerSecond']);
    const override = overrides.findIndex(({ clientRefs }) =>
      clientRefs.some((ref) => isAccount(peer, ref.namespace ?? policy.namespace, ref.name)),
    );
    const each =
      override >= 0
        ? this.bucket(
            `${name}, override ${override}`,
            overrides[override]!.requestsPerSecond,
            at('overrides', override),
          )
        : identity === null
          ? null
          : this.bucket(
              `${name}, ${identityOf(peer) ?? 'without identity'}`,
              identity.requestsPerSecond,
              at('identity'),
            );
    return [
      ...(total === null ? [] : [this.bucket(`${name}, total`, total.requestsPerSecond, at('total'))]),
      ...(each === null ? [] : [each]),
    ];
  }

  private bucket(name: string, perSecond: number, source: FieldSource | null): number {
    const limit = {
      kind: 'local-rate-limit',
      bucket: { maxTokens: perSecond, tokensPerFill: 1, fillIntervalNs: SECOND_NS / perSecond },
      descriptors: [],
      alwaysConsumeDefault: true,
      group: name,
      enabledProbability: 1,
      enforcedProbability: 1,
      status: TOO_MANY_REQUESTS,
    } as const;
    const decider = source === null ? null : filterSource(source, 'rate-limit', `${perSecond} requests a second`);
    return this.pool.number(name, limit, decider);
  }
}
