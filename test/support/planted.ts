// Causes that are planted in a random mesh, one at a time, each with what its finding has to name.

import type { FindingCode } from '../../scenarios/result/finding-codes.js';
import type { Finding } from '../../scenarios/result/findings-result.js';
import type { Sfc32 } from '../../sim/random/sfc32.js';
import { componentStream } from '../../sim/random/stream.js';
import { callersOf, type MeshService, NAMESPACE, type RandomMesh, randomMesh } from './random-mesh.js';

export interface Expected {
  readonly codes: readonly FindingCode[];
  /** Of the place that is named, e.g. `cart`, `web -> cart`; one of them. */
  readonly names: readonly string[];
  /** In a source of the finding: `object field`. Absent: nobody writes it. */
  readonly source?: RegExp;
}

interface Place {
  readonly mesh: RandomMesh;
  readonly random: Sfc32;
  readonly target: MeshService;
  readonly callers: readonly MeshService[];
}

interface Planter {
  /** Services that it may be planted at; default all but the first. */
  readonly takes?: (service: MeshService, callers: readonly MeshService[]) => boolean;
  plant(place: Place): Expected;
}

const security = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'security.istio.io/v1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});
const selecting = ({ name }: MeshService): object => ({ selector: { matchLabels: { app: name } } });
const edgesTo = ({ target, callers }: Place): string[] => callers.map(({ name }) => `${name} -> ${target.name}`);
const byProxies = (service: MeshService, callers: readonly MeshService[]): boolean =>
  service.hasSidecar && callers.length > 0 && callers.every(({ hasSidecar }) => hasSidecar);
const isLeaf = ({ calls }: MeshService): boolean => calls.length === 0;
/** Requests a second that reach it, all pods together. */
const rateAt = ({ mesh, target }: Place): number => mesh.ratePerSecond * target.visits;

/** In the target's VirtualService. */
function route({ target }: Place, http: object): void {
  Object.assign(target.http, http);
}

/** In the target's DestinationRule. */
function rule({ target }: Place, policy: object): void {
  Object.assign(target.policy, policy);
}

/** Work without CPU that keeps `busy` requests in the target at once, on average. */
function keepBusy(place: Place, busy: number): void {
  const { target } = place;
  target.cpuShare = 0;
  target.workMs = Math.max(target.workMs, Math.ceil((1000 * busy) / rateAt(place)));
}

function setPods(target: MeshService, pods: number): void {
  target.pods = pods;
  target.versions = [{ name: target.name, pods }];
}

export const PLANTERS: Readonly<Record<string, Planter>> = {
  'a CPU limit that is too small': {
    plant: (place) => {
      const { target, random } = place;
      target.cpuShare = Math.max(0.5, target.cpuShare);
      const needed = (rateAt(place) * target.workMs * target.cpuShare) / target.pods;
      target.cpuLimitMillis = Math.max(1, Math.floor(needed / (1.1 + random.integer(6) / 10)));
      return { codes: ['F201'], names: [target.name], source: /Deployment.*limits\.cpu/ };
    },
  },
  'a CPU limit behind a circuit breaker': {
    takes: byProxies,
    plant: (place) => {
      const { target } = place;
      target.cpuShare = 1;
      const needed = (rateAt(place) * target.workMs) / target.pods;
      target.cpuLimitMillis = Math.max(1, Math.floor(needed / 1.5));
      rule(place, { connectionPool: { http: { http2MaxRequests: 8 + place.random.integer(10) } } });
      return { codes: ['F201'], names: [target.name], source: /Deployment.*limits\.cpu/ };
    },
  },
  'a CPU limit behind workers': {
    plant: (place) => {
      const { target } = place;
      target.cpuShare = 1;
      const needed = (rateAt(place) * target.workMs) / target.pods;
      target.cpuLimitMillis = Math.max(1, Math.floor(needed / 1.5));
      target.behaviour.workers = 4;
      return { codes: ['F201'], names: [target.name], source: /Deployment.*limits\.cpu/ };
    },
  },
  'too few workers': {
    plant: (place) => {
      const { target, random } = place;
      keepBusy(place, target.pods * (1.2 + random.integer(5) / 10));
      target.behaviour.workers = 1;
      return { codes: ['F202'], names: [target.name], source: /workers/ };
    },
  },
  'a limit of a client’s connection pool': {
    takes: byProxies,
    plant: (place) => {
      const { target, callers, random } = place;
      setPods(target, 3);
      for (const caller of callers) setPods(caller, 1);
      keepBusy(place, 3 + random.integer(3));
      const policies = [
        { http: { http1MaxPendingRequests: 1 }, tcp: { maxConnections: 1 } },
        { http: { http2MaxRequests: 1 } },
        { tcp: { maxConnections: 1 } },
      ];
      rule(place, { connectionPool: policies[random.integer(policies.length)] });
      // Each server pod has the limit for itself as well.
      return { codes: ['F104', 'F204', 'F103'], names: [target.name], source: /DestinationRule/ };
    },
  },
  'an inbound limit': {
    takes: byProxies,
    plant: (place) => {
      const { target, callers, random } = place;
      setPods(target, 1);
      for (const caller of callers) setPods(caller, 3);
      keepBusy(place, 2 + random.integer(3));
      rule(place, { connectionPool: { http: { http2MaxRequests: 1 + random.integer(2) } } });
      return { codes: ['F103'], names: [target.name], source: /DestinationRule.*http2MaxRequests/ };
    },
  },
  'a slow version': {
    plant: (place) => {
      const { mesh, target, random } = place;
      target.versions = [
        { name: `${target.name}-v1`, pods: target.pods },
        { name: `${target.name}-v2`, pods: 1 },
      ];
      const slowMs = (20 + random.integer(30)) * target.workMs;
      const workloads = {
        [`${target.name}-v2.${NAMESPACE}`]: { cpuShare: 0, steps: [{ work: `exponential(mean=${slowMs}ms)` }] },
      };
      mesh.scenario.workloads = workloads;
      return { codes: ['F205'], names: [`${target.name}-v2.${NAMESPACE}`], source: /Deployment/ };
    },
    takes: isLeaf,
  },
  'a policy that denies': {
    takes: (service) => service.hasSidecar,
    plant: ({ mesh, target, random }) => {
      const rules = [
        { action: 'DENY', rules: [{ to: [{ operation: { methods: ['GET'] } }] }] },
        { action: 'ALLOW', rules: [{ to: [{ operation: { paths: ['/admin/*'] } }] }] },
        { action: 'ALLOW', rules: [{ from: [{ source: { namespaces: ['elsewhere'] } }] }] },
      ];
      mesh.documents.push(
        security('AuthorizationPolicy', 'gate', { ...selecting(target), ...rules[random.integer(rules.length)] }),
      );
      return { codes: ['F107'], names: [target.name], source: /AuthorizationPolicy/ };
    },
  },
  'a token that is refused': {
    plant: ({ mesh }) => {
      const [target] = mesh.services;
      mesh.documents.push(
        security('RequestAuthentication', 'tokens', {
          ...selecting(target),
          jwtRules: [{ issuer: 'https://accounts.example.com', jwks: '{}' }],
        }),
      );
      mesh.traffic.requests = [{ name: 'home' }, { name: 'thief', token: 'invalid' }];
      return { codes: ['F107'], names: [target.name], source: /RequestAuthentication/ };
    },
  },
  'a rate limit': {
    takes: (service) => service.hasSidecar,
    plant: (place) => {
      const { mesh, target } = place;
      const tokens = Math.max(1, Math.floor(rateAt(place) / target.pods / 2));
      mesh.documents.push(rateLimit(target, tokens));
      return { codes: ['F108'], names: [target.name], source: /EnvoyFilter/ };
    },
  },
  'no route': {
    takes: byProxies,
    plant: (place) => {
      route(place, { match: [{ uri: { prefix: '/nowhere' } }] });
      return { codes: ['F106'], names: edgesTo(place) };
    },
  },
  'a subset that is not there': {
    takes: byProxies,
    plant: (place) => {
      route(place, { route: [{ destination: { host: place.target.name, subset: 'v9' } }] });
      return { codes: ['F114'], names: edgesTo(place), source: /VirtualService/ };
    },
  },
  'packets that are lost': {
    takes: (_service, callers) => callers.length > 0,
    plant: ({ mesh, target, random }) => {
      const zone = (name: string): Record<string, string> => ({ 'topology.kubernetes.io/zone': name });
      for (const service of mesh.services) service.nodeSelector = zone('near');
      target.nodeSelector = zone('far');
      mesh.documents.push(...['near', 'far'].map(node));
      mesh.scenario.zones = ['land/near', 'land/far'];
      mesh.scenario.network = {
        between: [{ a: 'near', b: 'far', rtt: '1ms', loss: `${10 + 5 * random.integer(5)}%` }],
      };
      return { codes: ['F207'], names: ['land/near', 'land/far'] };
    },
  },
  'a network policy': {
    takes: (_service, callers) => callers.length > 0,
    plant: ({ mesh, target }) => {
      mesh.traffic.timeout = '1s';
      mesh.documents.push({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'shut', namespace: NAMESPACE },
        spec: { podSelector: { matchLabels: { app: target.name } }, policyTypes: ['Ingress'] },
      });
      return { codes: ['F109', 'F112'], names: [target.name], source: /NetworkPolicy/ };
    },
  },
  'a proxy without CPU': {
    takes: (service) => service.hasSidecar,
    plant: (place) => {
      const { target, random } = place;
      const needed = (0.2 * rateAt(place) * (1 + target.calls.length)) / target.pods;
      target.annotations['sidecar.istio.io/proxyCPULimit'] =
        `${Math.max(1, Math.floor(needed / (1.3 + random.integer(4) / 10)))}m`;
      return { codes: ['F203'], names: [target.name], source: /proxyCPULimit/ };
    },
  },
  'a filter that takes a thread': {
    takes: (service) => service.hasSidecar,
    plant: (place) => {
      const { mesh, target } = place;
      const demandMs = Math.ceil((1200 * target.pods) / rateAt(place));
      target.annotations['proxy.istio.io/config'] = 'concurrency: 1';
      mesh.documents.push({
        apiVersion: 'extensions.istio.io/v1alpha1',
        kind: 'WasmPlugin',
        metadata: { name: 'heavy', namespace: NAMESPACE },
        spec: { ...selecting(target), url: 'oci://heavy', match: [{ mode: 'SERVER' }] },
      });
      mesh.scenario.filters = { wasm: { cpu: `${demandMs}ms`, latency: '0ms' } };
      return { codes: ['F203'], names: [target.name] };
    },
  },
  'a fault that aborts': {
    takes: byProxies,
    plant: (place) => {
      const value = 5 + 10 * place.random.integer(10);
      route(place, { fault: { abort: { percentage: { value }, httpStatus: 503 } } });
      return { codes: ['F113'], names: edgesTo(place), source: /VirtualService.*fault/ };
    },
  },
  'a fault that delays': {
    takes: byProxies,
    plant: (place) => {
      const value = 50 + 10 * place.random.integer(6);
      route(place, { fault: { delay: { percentage: { value }, fixedDelay: '200ms' } } });
      return { codes: ['F206'], names: edgesTo(place), source: /VirtualService.*fault/ };
    },
  },
  'errors of an application': {
    plant: ({ target, random }) => {
      target.behaviour.errors = { 500: `${20 + random.integer(50)}%` };
      return { codes: ['F101'], names: [target.name], source: /errors/ };
    },
  },
  'a time-out that is too short': {
    takes: byProxies,
    plant: (place) => {
      const { target, random } = place;
      target.cpuShare = 0;
      target.workMs = 60;
      route(place, { timeout: `${20 + 10 * random.integer(4)}ms` });
      return { codes: ['F115'], names: [target.name], source: /VirtualService.*timeout/ };
    },
  },
  'TLS of which one end knows nothing': {
    takes: byProxies,
    plant: (place) => {
      place.mesh.documents.push(
        security('PeerAuthentication', 'strict', { ...selecting(place.target), mtls: { mode: 'STRICT' } }),
      );
      rule(place, { tls: { mode: 'DISABLE' } });
      return { codes: ['F111'], names: [place.target.name], source: /PeerAuthentication|DestinationRule/ };
    },
  },
  'no pods': {
    takes: (_service, callers) => callers.length > 0,
    plant: ({ target }) => {
      setPods(target, 0);
      return { codes: ['F105'], names: [target.name] };
    },
  },
};

function node(zone: string): object {
  const labels = { 'topology.kubernetes.io/zone': zone, 'topology.kubernetes.io/region': 'land' };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${zone}`, labels } };
}

function rateLimit({ name }: MeshService, tokens: number): object {
  const always = { default_value: { numerator: 100 } };
  const typed = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
    stat_prefix: 'limit',
    token_bucket: { max_tokens: tokens, tokens_per_fill: tokens, fill_interval: '1s' },
    filter_enabled: always,
    filter_enforced: always,
  };
  const value = { name: 'envoy.filters.http.local_ratelimit', typed_config: typed };
  const patch = { operation: 'INSERT_BEFORE', value };
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'limit', namespace: NAMESPACE },
    spec: {
      workloadSelector: { labels: { app: name } },
      configPatches: [{ applyTo: 'HTTP_FILTER', match: { context: 'SIDECAR_INBOUND' }, patch }],
    },
  };
}

export interface Planted {
  readonly mesh: RandomMesh;
  readonly target: string;
  readonly expected: Expected;
}

/** A random mesh with the cause in it; the seed counts up to a mesh that has a place for it. */
export function planted(cause: string, seed: string): Planted {
  const planter = PLANTERS[cause];
  for (let attempt = 0; attempt < 50; attempt++) {
    const mesh = randomMesh(attempt === 0 ? seed : `${seed}+${attempt}`);
    const random = componentStream(mesh.seed, 'planted');
    const places = mesh.services.flatMap((target, i) => {
      const callers = callersOf(mesh, i);
      return i > 0 && (planter.takes?.(target, callers) ?? true) ? [{ mesh, random, target, callers }] : [];
    });
    if (places.length === 0) continue;
    const place = places[random.integer(places.length)];
    return { mesh, target: place.target.name, expected: planter.plant(place) };
  }
  throw new Error(`${cause}: no mesh has a place for it`);
}

/** Whether a finding says what was planted. */
export function isNamedBy(finding: Finding | undefined, { codes, names: wanted, source }: Expected): boolean {
  if (finding === undefined || finding.role !== 'culprit' || !codes.includes(finding.code)) return false;
  if (!finding.where.some(({ name }) => wanted.includes(name))) return false;
  return source === undefined || finding.sources.some(({ object, field }) => source.test(`${object} ${field}`));
}
