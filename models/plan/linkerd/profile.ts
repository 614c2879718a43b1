// ServiceProfiles: which one a caller uses for a service, its routes, their time-outs and retries, and where requests go instead.
// linkerd: controller/api/destination/{profile_translator,server}.go (the profile of the client's namespace comes before that of the service's);
// linkerd2-proxy: linkerd/service-profiles/src/{http,proto}.rs, linkerd/app/outbound/src/http/retry.rs.
import type {
  ProfileBudget,
  RequestCondition,
  ResponseClass,
  ResponseCondition,
  ServiceProfileSpec,
} from '../../config/kinds/linkerd/service-profile.js';
import type { ResourceSet } from '../../config/load.js';
import type { Resource } from '../../config/resource.js';
import { finder, identityOf, named } from '../../list-index.js';
import type { RetryPlan } from '../contract/plan.js';
import type { Service } from '../registry/service.js';
import type { RouteContext } from '../routes/route-action.js';
import type { RouteDecision, Target } from '../routes/route-decision.js';
import { bareRoute } from '../routes/sidecar-route.js';
import { NO_SITE_SOURCES } from '../routes/site-sources.js';
import { wholeAt, writtenAt } from '../terms/field-source.js';
import type { Findings } from '../terms/findings.js';
import { serviceHost } from '../terms/host.js';
import { fullMatch, samplePath } from '../terms/match.js';
import type { Numbering } from '../terms/numbering.js';
import type { RequestClass } from '../terms/request-class.js';
import { linkerdRetries, MAX_REPLAYED_BYTES } from './retries.js';

type ServiceProfile = Resource<'ServiceProfile', ServiceProfileSpec>;

/** linkerd: controller/api/destination/profile_translator.go. */
const DEFAULT_BUDGET: ProfileBudget = { retryRatio: 0.2, minRetriesPerSecond: 10, ttlNs: 10_000_000_000 };
const MIN_TTL_NS = 1_000_000_000;
const MAX_TTL_NS = 60_000_000_000;
const MAX_RATIO = 1000;
/** The budget alone is the bound. */
const NO_RETRY_LIMIT = 2147483647;
const FIRST_STATUS = 100;
const LAST_STATUS = 599;

const byService = finder<ResourceSet['trafficSplits'][number]>(({ namespace, spec }) => [
  identityOf({ namespace, name: serviceName(spec.service, namespace) }),
]);

export class Profiles {
  private readonly used = new Set<object>();

  constructor(
    private readonly resources: ResourceSet,
    private readonly numbering: Numbering,
  ) {}

  /** The profile of a service for callers of a namespace. */
  of(service: Service, namespace: string): ServiceProfile | null {
    const { serviceProfiles } = this.resources;
    const profile =
      named(serviceProfiles, namespace, service.host) ??
      named(serviceProfiles, service.namespace, service.host) ??
      null;
    if (profile !== null) this.used.add(profile);
    return this.split(service, profile);
  }

  /** Says which objects no request of the run has met. */
  noteUnused(findings: Findings): void {
    const { serviceProfiles, trafficSplits } = this.resources;
    for (const object of [...serviceProfiles, ...trafficSplits]) {
      if (this.used.has(object)) continue;
      const { kind, namespace, name, source } = object;
      findings.warning(
        'profile-without-callers',
        source.at([]),
        `no caller with Linkerd's proxy calls the service of ${kind} ${namespace}/${name}: it has no effect in this run`,
        'clients outside of the mesh read no profiles: say who calls it, by `call` steps of other services or `from` of a traffic source',
      );
    }
  }

  /** A TrafficSplit becomes the overrides of its service's profile (linkerd/linkerd-smi: adaptor). */
  private split(service: Service, profile: ServiceProfile | null): ServiceProfile | null {
    const { namespace, host } = service;
    const [split] = byService(this.resources.trafficSplits, identityOf({ namespace, name: host }));
    if (split === undefined) return profile;
    this.used.add(split);
    const dstOverrides = split.spec.backends.map((backend) => ({
      authority: serviceName(backend.service, split.namespace),
      weight: backend.weight,
    }));
    const spec = { ...(profile?.spec ?? { routes: [], retryBudget: null }), dstOverrides };
    return { ...(profile ?? { ...split, kind: 'ServiceProfile' as const }), spec };
  }

  /** The route that the profile gives a request to `target`. */
  decide(profile: ServiceProfile, target: Target, request: RequestClass, context: RouteContext): RouteDecision {
    const targets = overridden(profile, target, context).map((each) => ({ ...each, profiled: true as const }));
    const index = profile.spec.routes.findIndex(({ condition }) => matches(condition, request));
    const route = profile.spec.routes[index];
    context.trace?.push({ kind: 'profile', profile, index });
    const bare = bareRoute(route?.name ?? 'linkerd', target);
    const decision = { ...bare, action: { kind: 'forward' as const, targets, mirrors: [] } };
    if (route === undefined) return decision;
    return {
      ...decision,
      position: profile.source.at(['spec', 'routes', index]),
      timeoutNs: route.timeoutNs,
      retry: route.isRetryable ? this.retry(profile, target, request, route.responseClasses) : null,
      sources: {
        ...NO_SITE_SOURCES,
        route: wholeAt(profile.source, ['spec', 'routes', index]),
        timeout: writtenAt(profile.source, ['spec', 'routes', index, 'timeout']),
        attempts: writtenAt(profile.source, ['spec', 'routes', index, 'isRetryable']),
      },
    };
  }

  private retry(
    profile: ServiceProfile,
    { port }: Target,
    { grpc, bodyBytes = 0 }: RequestClass,
    classes: readonly ResponseClass[],
  ): RetryPlan | null {
    const budget = profile.spec.retryBudget ?? DEFAULT_BUDGET;
    const { retryRatio, minRetriesPerSecond, ttlNs } = budget;
    // The proxy drops a budget beyond these bounds, and with it the retries.
    if (ttlNs < MIN_TTL_NS || ttlNs > MAX_TTL_NS || retryRatio > MAX_RATIO) return null;
    if (bodyBytes > MAX_REPLAYED_BYTES) return null;
    // Each profile has a budget of its own at each port, in every proxy.
    const number = this.numbering.budgets.of(`${profile.namespace} ${profile.name} ${port}`);
    return linkerdRetries(NO_RETRY_LIMIT, failures(classes, grpc), {
      budget: { number, retryRatio, minRetriesPerSecond, ttlNs },
    });
  }
}

function serviceName(name: string, namespace: string): string {
  return name.includes('.') ? name.replace(/\.$/, '') : serviceHost(name, namespace);
}

/** Everything that a condition sets holds. */
export function matches({ method, pathRegex, allOf, anyOf, not }: RequestCondition, request: RequestClass): boolean {
  return (
    (!method || method.toUpperCase() === request.method.toUpperCase()) &&
    (!pathRegex || fullMatch(pathRegex, samplePath(request.path))) &&
    (allOf ?? []).every((condition) => matches(condition, request)) &&
    (anyOf === null || anyOf.some((condition) => matches(condition, request))) &&
    (not === null || !matches(not, request))
  );
}

function covers({ status, allOf, anyOf, not }: ResponseCondition, code: number): boolean {
  return (
    (status === null || (code >= status.min && (status.max === 0 || code <= status.max))) &&
    (allOf ?? []).every((condition) => covers(condition, code)) &&
    (anyOf === null || anyOf.some((condition) => covers(condition, code))) &&
    (not === null || !covers(not, code))
  );
}

/** The statuses that count as failures. Answers of gRPC are of HTTP status 200 to a class; what none covers fails by its own status. */
function failures(classes: readonly ResponseClass[], grpc: boolean): number[] {
  const failing: number[] = [];
  for (let code = FIRST_STATUS; code <= LAST_STATUS; code++) {
    const found = classes.find(({ condition }) => covers(condition, grpc ? 200 : code));
    const byDefault = grpc ? code >= 400 : code >= 500;
    if (found?.isFailure ?? byDefault) failing.push(code);
  }
  return failing;
}

/** `dstOverrides` in the place of the service; an authority that is not known takes its share and fails. */
function overridden({ spec, source }: ServiceProfile, target: Target, { registry, namespace }: RouteContext): Target[] {
  const sharing = spec.dstOverrides.filter(({ weight }) => weight > 0);
  if (sharing.length === 0) return [target];
  return sharing.map(({ authority, weight }) => {
    const [host = '', port] = authority.replace(/\.(?=:|$)/, '').split(':');
    const service = registry.lookup(host, namespace);
    return {
      ...target,
      service,
      host,
      port: port === undefined ? target.port : Number(port),
      weight,
      position: source.at(['spec', 'dstOverrides', spec.dstOverrides.findIndex((own) => own.authority === authority)]),
      missingStatus: 503 as const,
    };
  });
}
