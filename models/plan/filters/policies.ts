// What AuthorizationPolicies and RequestAuthentications put into the chain of a proxy for requests of one class and one caller.
// istio: pilot/pkg/security/authz/builder/builder.go (BuildHTTP), pilot/pkg/security/authn/policy_applier.go.
import type { PlainMap } from '../../config/document.js';
import type { AuthorizationPolicySpec } from '../../config/kinds/authorization-policy.js';
import type { JwtRule, RequestAuthenticationSpec } from '../../config/kinds/request-authentication.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { type Decision, decidingPolicy } from '../contract/decision.js';
import { policiesOf, type ServiceName } from '../patches/selection.js';
import type { Workload } from '../registry/workload.js';
import type { FilterCostInput } from '../settings/filter-cost.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import { filterSource, wholeAt, writtenAt } from '../terms/field-source.js';
import type { Findings } from '../terms/findings.js';
import type { RequestClass } from '../terms/request-class.js';
import type { Slot } from './chain.js';
import type { FilterPool } from './filter-pool.js';
import { type Authentication, authenticate } from './jwt.js';
import { holdingRule, isUnknownAttribute, type RequestFacts } from './rbac.js';

type Policy = Resource<'AuthorizationPolicy', AuthorizationPolicySpec>;
type TokenPolicy = Resource<'RequestAuthentication', RequestAuthenticationSpec>;

interface WorkloadPolicies {
  readonly custom: readonly Policy[];
  /** DENY, ALLOW and AUDIT, dry runs among them. */
  readonly rbac: readonly Policy[];
  readonly tokens: readonly TokenPolicy[];
}

export interface SecuritySlots {
  readonly custom: readonly Slot[];
  readonly jwt: readonly Slot[];
  readonly rbac: readonly Slot[];
  readonly authentication: Authentication;
}

function rulesOf({ tokens }: WorkloadPolicies): readonly JwtRule[] {
  return tokens.flatMap(({ spec }) => spec.jwtRules);
}

export class Policies {
  private readonly known = new Map<string, WorkloadPolicies>();

  constructor(
    private readonly resources: ResourceSet,
    private readonly cost: FilterCostInput,
    private readonly pool: FilterPool,
    private readonly findings: Findings,
    private readonly release: Pick<ReleaseDefaults, 'severalAuthorizers'>,
  ) {}

  /** `facts` without a token; `where` names the place of the chain. */
  slots(
    workload: Workload,
    where: string,
    { service, ...facts }: Omit<RequestFacts, 'claims'> & { readonly service: ServiceName | null },
  ): SecuritySlots {
    const policies = this.of(workload, service);
    const before: RequestFacts = { ...facts, claims: null };
    const rules = facts.opaque ? [] : rulesOf(policies);
    const authentication = authenticate(rules, facts.request);
    const after: RequestFacts = { ...facts, claims: authentication.claims };
    return {
      custom: this.custom(policies.custom, where, before),
      jwt: this.jwt(policies.tokens, where, authentication),
      rbac: this.rbac(policies.rbac, where, after),
      authentication,
    };
  }

  /** Whether any AuthorizationPolicy is enforced at a workload. */
  areFor(workload: Workload): boolean {
    const { custom, rbac } = this.of(workload, null);
    return custom.length + rbac.length > 0;
  }

  claims(workload: Workload, request: RequestClass): PlainMap | null {
    return authenticate(rulesOf(this.of(workload, null)), request).claims;
  }

  /** Policies of pods in ambient mode, which their ztunnel holds. */
  noteZtunnel(workload: Workload): void {
    for (const policy of policiesOf(this.resources.authorizationPolicies, workload)) {
      this.findings.notModelled(
        labelOf(policy),
        'spec',
        policy.source.at(['spec']),
        'the verdicts of ztunnels are not simulated: no connection to its ambient pods is refused',
      );
    }
  }

  private of(workload: Workload, service: ServiceName | null): WorkloadPolicies {
    const key = service === null ? `${workload.index}` : `${workload.index} ${service.namespace}/${service.name}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const policies = policiesOf(this.resources.authorizationPolicies, workload, service);
    const found = {
      custom: policies.filter(({ spec }) => spec.action === 'CUSTOM'),
      rbac: policies.filter(({ spec }) => spec.action !== 'CUSTOM'),
      tokens: policiesOf(this.resources.requestAuthentications, workload, service),
    };
    this.known.set(key, found);
    return found;
  }

  /** Each service is asked once. Before 1.30 Istio makes of policies that name several a filter that denies what they match. */
  private custom(policies: readonly Policy[], where: string, facts: RequestFacts): Slot[] {
    const enforced = policies.filter(({ spec }) => !spec.dryRun);
    const matching = enforced.filter((policy) => this.ruleOf(policy, facts) >= 0);
    const [first] = matching;
    if (first === undefined) return [];
    const name = 'envoy.filters.http.ext_authz';
    const providers = new Set(enforced.map(({ spec }) => spec.provider));
    if (providers.size > 1 && !this.release.severalAuthorizers) {
      this.findings.warning(
        'several-authorizers',
        first.source.at(['spec', 'provider']),
        `${labelOf(first)}: workloads with CUSTOM policies of several providers (${[...providers].join(', ')}) deny what these match`,
        'use one provider for all policies of a workload',
      );
      const policies = matching.map((policy) => decidingPolicy(policy, this.ruleOf(policy, facts)));
      const decidedBy: Decision = { reason: 'several-providers', policies };
      const denied = { kind: 'rbac', cpuNs: this.cost.rbac.cpuNs, latencyNs: 0, status: 403, decidedBy } as const;
      return [{ name, filter: this.pool.number(`${where} several authorizers`, denied) }];
    }
    const asked = matching.filter(
      ({ spec }, index) => matching.findIndex((other) => other.spec.provider === spec.provider) === index,
    );
    return asked.map((policy) => this.authorizer(policy, where));
  }

  private authorizer(first: Policy, where: string): Slot {
    const name = 'envoy.filters.http.ext_authz';
    this.approximated(
      first,
      'spec.provider',
      `the mesh's settings are not read: the provider ${first.spec.provider} is taken to exist; its latency and the share that it denies are the scenario's (filters.authorization)`,
    );
    const { latency, denyProbability } = this.cost.authorization;
    return {
      name,
      filter: this.pool.number(
        `${where} authorizer ${first.spec.provider}`,
        { kind: 'ext-authz', latency, denyProbability, denyStatus: 403 },
        filterSource(
          writtenAt(first.source, ['spec', 'provider', 'name']) ?? wholeAt(first.source),
          'external-authorization',
          `CUSTOM, provider ${first.spec.provider}`,
        ),
      ),
    };
  }

  private jwt(policies: readonly TokenPolicy[], where: string, authentication: Authentication): Slot[] {
    const { checked, status } = authentication;
    if (policies.length === 0) return [];
    const name = 'envoy.filters.http.jwt_authn';
    if (!checked || (status === 0 && this.cost.jwtCpuNs === 0)) return [{ name, filter: null }];
    const { namespace, name: policy, source } = policies[0]!;
    this.findings.approximated(
      `RequestAuthentication ${namespace}/${policy}`,
      'spec.jwtRules',
      source.at(['spec', 'jwtRules']),
      `the check of a token is taken to cost ${this.cost.jwtCpuNs / 1e6} ms of CPU (filters.jwtCpu of the scenario)`,
    );
    const decidedBy = tokenDecision(policies, authentication);
    const filter = {
      kind: 'jwt',
      cpuNs: this.cost.jwtCpuNs,
      latencyNs: 0,
      status,
      decidedBy,
    } as const;
    return [{ name, filter: this.pool.number(`${where} jwt`, filter) }];
  }

  private rbac(policies: readonly Policy[], where: string, facts: RequestFacts): Slot[] {
    if (policies.length === 0) return [];
    const { cpuNs, perRuleCpuNs } = this.cost.rbac;
    const rules = policies.reduce((sum, { spec }) => sum + (spec.rules?.length ?? 0), 0);
    const decidedBy = this.decision(policies, facts);
    const status = decidedBy === null || decidedBy.reason === 'allow-rule' ? 0 : 403;
    if (facts.opaque && status !== 0) {
      this.approximated(
        policies[0]!,
        'spec',
        'the port is not HTTP: the connection would be closed, the simulation answers 403',
      );
    }
    const filter = {
      kind: 'rbac',
      cpuNs: cpuNs + perRuleCpuNs * rules,
      latencyNs: 0,
      status,
      decidedBy,
    } as const;
    return [{ name: 'envoy.filters.http.rbac', filter: this.pool.number(`${where} rbac`, filter) }];
  }

  /** DENY comes first; then, where there is an ALLOW policy, one must hold. AUDIT and dry runs decide nothing. Null: nothing decides. */
  private decision(policies: readonly Policy[], facts: RequestFacts): Decision | null {
    const enforced = policies.filter(({ spec }) => !spec.dryRun);
    const of = (action: 'DENY' | 'ALLOW'): Policy[] => enforced.filter(({ spec }) => spec.action === action);
    const first = (candidates: readonly Policy[]): Decision['policies'] => {
      for (const policy of candidates) {
        const rule = this.ruleOf(policy, facts);
        if (rule >= 0) return [decidingPolicy(policy, rule)];
      }
      return [];
    };
    const denying = first(of('DENY'));
    if (denying.length > 0) return { reason: 'deny-rule', policies: denying };
    const allowing = of('ALLOW');
    if (allowing.length === 0) return null;
    const allowed = first(allowing);
    if (allowed.length > 0) return { reason: 'allow-rule', policies: allowed };
    return { reason: 'no-allow-rule', policies: allowing.map((policy) => decidingPolicy(policy, null)) };
  }

  /** Index of the rule that holds; -1: none. */
  private ruleOf(policy: Policy, facts: RequestFacts): number {
    this.noteUnknown(policy, facts);
    return holdingRule(policy.spec.rules ?? [], policy.spec.action, policy.namespace, facts);
  }

  private noteUnknown(policy: Policy, { source, remote }: RequestFacts): void {
    for (const [index, rule] of (policy.spec.rules ?? []).entries()) {
      const looksAtSource =
        rule.from.some(({ ipBlocks, notIpBlocks }) => ipBlocks.length + notIpBlocks.length > 0) ||
        rule.when.some(({ key }) => key === 'source.ip');
      const looksAtRemote =
        rule.from.some(
          ({ remoteIpBlocks, notRemoteIpBlocks }) => remoteIpBlocks.length + notRemoteIpBlocks.length > 0,
        ) || rule.when.some(({ key }) => key === 'remote.ip');
      if ((looksAtSource && source.kind !== 'known') || (looksAtRemote && remote.kind !== 'known')) {
        this.approximated(
          policy,
          `spec.rules[${index}]`,
          'addresses are not known: a pod is taken to be in every block of private addresses, a client outside in none; the header x-forwarded-for of a request says which address its client has',
          ['spec', 'rules', index],
        );
      }
      for (const [number, { key }] of rule.when.entries()) {
        if (!isUnknownAttribute(key)) continue;
        this.approximated(
          policy,
          `spec.rules[${index}].when[${number}].key`,
          `${key} is not known here: the condition is taken as not met`,
          ['spec', 'rules', index, 'when', number, 'key'],
        );
      }
    }
  }

  private approximated(policy: Policy, path: string, meaning: string, at: readonly (string | number)[] = []): void {
    const place = at.length === 0 ? path.split('.') : at;
    this.findings.approximated(labelOf(policy), path, policy.source.at(place), meaning);
  }
}

function labelOf({ namespace, name }: Policy): string {
  return `AuthorizationPolicy ${namespace}/${name}`;
}

const TOKEN_REASONS = {
  'unknown-issuer': 'token-issuer',
  malformed: 'token-malformed',
  audience: 'token-audience',
} as const;

/** The rule that found a token wrong; where no rule knows the issuer, all policies. */
function tokenDecision(policies: readonly TokenPolicy[], { failure, rule }: Authentication): Decision | null {
  if (failure === null) return null;
  const rules = policies.flatMap((policy) => policy.spec.jwtRules.map((_, index) => ({ policy, index })));
  const found = rules[rule];
  const deciding =
    failure === 'unknown-issuer' || found === undefined
      ? policies.map((policy) => decidingPolicy(policy, null))
      : [decidingPolicy(found.policy, found.index, 'jwtRules')];
  return { reason: TOKEN_REASONS[failure], policies: deciding };
}
