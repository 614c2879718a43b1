// The mesh of a case: a client `web` with its proxy, and a service `server` with one Deployment a host, without sidecars. It goes
// through the same YAML as any mesh; then both sides get its plan.
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { scenarioText } from '../scenarios/compare/text-source.js';
import type { ScenarioSpec } from '../scenarios/document/schema.js';
import { loadMesh } from '../scenarios/library.js';
import { HEALTH_PATH, type Host, type LabCase, LETTERS } from './case.js';
import { inOrder } from './changes/change.js';
import { trafficOf } from './load-plan.js';
import type { Calibration, Costs } from './observation.js';
import { withLateTimers } from './timers.js';

const MS = 1_000_000;
/** Round trip of the loopback, event loops on both sides included: what a connection costs. */
const LOOPBACK_RTT_MS = 0.1;
/** Release of the Envoy of the recordings. */
const RECORDED_ENVOY = '1.40';
const HOME = 'r1/z1';

const NO_COSTS: Pick<Costs, 'lineMs' | 'sendMs'> = { lineMs: 0, sendMs: 0 };

/** The plan of a case, as Envoy is told it. @param costs of the line to the servers and of the client, for the simulation */
export function casePlan(lab: LabCase, { lineMs, sendMs } = NO_COSTS): MeshPlan {
  const rtt = `${LOOPBACK_RTT_MS + (lab.rttMs === undefined ? 0 : lab.rttMs + 2 * lineMs)}ms`;
  const versions = versionsOf(lab);
  const scenario: ScenarioSpec = {
    mesh: ['mesh.yaml'],
    envoyVersion: RECORDED_ENVOY,
    run: { duration: '10m', warmup: '0s', seed: lab.name, replications: 1 },
    traffic: [
      {
        name: 'load',
        from: 'web.default',
        to: 'http://server/',
        rate: 1,
        requestBytes: lab.bodyBytes ?? 0,
        requests: [identity(lab)],
      },
    ],
    workloads: Object.fromEntries(lab.hosts.map((host, i) => [`server-${LETTERS[i]}.default`, behaviour(host)])),
    network: {
      sameZone: rtt,
      crossZone: rtt,
      crossRegion: rtt,
      external: '0ms',
      jitter: 0,
      loss: 0,
    },
    zones: [...(lab.callers ?? [HOME])],
    sidecar: { requestCpu: '0ms', responseCpu: '0ms', afterResponseCpu: '0ms', latency: '0ms', cpuPerKiB: '0ms' },
  };
  const { plan } = loadMesh(
    [
      scenarioText(versions.length === 1 ? scenario : { ...scenario, timeline: appliedAt(versions) }),
      { name: 'mesh.yaml', text: manifests(lab) },
      ...versions.slice(1).map((version, i) => ({ name: fileOf(i + 1), text: rules(version.lab) })),
    ],
    { name: lab.name },
  );
  const { tls, adjust = (same: MeshPlan) => same } = lab;
  const adjusted = everyVersion(plan, (version) => adjust(tls === undefined ? version : withTls(version, tls)));
  return { ...adjusted, timeline: [], traffic: trafficOf(adjusted, lab, sendMs) };
}

/** A configuration of a case, and when it begins to hold. */
interface Version {
  readonly atMs: number;
  readonly lab: LabCase;
}

/** The configurations of a case, the first at the beginning. */
function versionsOf(lab: LabCase): Version[] {
  const versions: Version[] = [{ atMs: 0, lab }];
  for (const change of inOrder(lab.changes ?? [])) {
    if (change.kind !== 'configuration') continue;
    const { atMs, kind: _, ...other } = change;
    versions.push({ atMs, lab: { ...versions[versions.length - 1].lab, ...other } });
  }
  return versions;
}

function fileOf(version: number): string {
  return `version-${version}.yaml`;
}

function appliedAt(versions: readonly Version[]): ScenarioSpec['timeline'] {
  return versions.slice(1).map(({ atMs }, i) => ({ at: `${atMs}ms`, apply: fileOf(i + 1) }));
}

/** The plan of each configuration of a case. */
export function plansOf(plan: MeshPlan): readonly MeshPlan[] {
  return [plan, ...(plan.configurations?.later ?? [])];
}

/** The plan with all its configurations changed alike. */
function everyVersion(plan: MeshPlan, change: (plan: MeshPlan) => MeshPlan): MeshPlan {
  const { configurations } = plan;
  const changed = change(plan);
  if (configurations === null) return changed;
  return { ...changed, configurations: { ...configurations, later: configurations.later.map(change) } };
}

/** The same as it is simulated: on a machine with these costs, with servers that do as the real ones. */
export function simulatedPlan(lab: LabCase, calibration: Calibration): MeshPlan {
  return everyVersion(casePlan(lab, calibration), (plan) =>
    withCosts(withLateTimers(withReach(plan, lab), calibration.timerMs), calibration),
  );
}

/** Index of the client in a plan. */
export function clientOf(plan: MeshPlan): number {
  return plan.workloads.findIndex(({ name }) => name === 'web');
}

/** The letter of a workload of the service, or null. */
export function letterOf(workload: { readonly name: string }): string | null {
  return workload.name.startsWith('server-') ? workload.name.slice('server-'.length) : null;
}

function behaviour({ work, errors, healthy = true }: Host): object {
  return {
    wait: work,
    ...(errors === undefined ? {} : { errors: { ...errors } }),
    operations: [{ match: { path: HEALTH_PATH }, wait: '0ms', errors: healthy ? {} : { 503: 1 } }],
  };
}

/** Who sends: what the header says that a hash looks at. */
function identity({ keys = 0 }: LabCase): { headers?: Record<string, string>; attributes?: Record<string, string> } {
  if (keys === 0) return {};
  if (keys === 1) return { headers: { 'x-user': 'user-1' } };
  return { headers: { 'x-user': 'user-{user}' }, attributes: { user: `uniform(${keys})` } };
}

function manifests(lab: LabCase): string {
  /** @param zone null: spread over the zones of the scenario */
  const pods = (name: string, labels: object, annotations: object, zone: string | null, replicas = 1) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels: { ...labels, ...(zone === null ? {} : { 'istio-locality': zone.replace('/', '.') }) },
          annotations,
        },
        spec: { containers: [{ name: 'app', image: 'app' }] },
      },
    },
  });
  const letters = lab.hosts.map((_, i) => LETTERS[i]);
  const documents = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default', labels: { 'istio-injection': 'enabled' } } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'server' },
      spec: { selector: { app: 'server' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    pods(
      'web',
      { app: 'web' },
      { 'proxy.istio.io/config': `concurrency: ${lab.workers ?? 1}` },
      null,
      lab.callers?.length,
    ),
    ...letters.map((letter, i) =>
      pods(
        `server-${letter}`,
        { app: 'server', version: letter },
        { 'sidecar.istio.io/inject': 'false' },
        lab.hosts[i].zone ?? HOME,
      ),
    ),
    ...ruleDocuments(lab),
    ...(lab.healthCheck === undefined ? [] : [checked(lab.healthCheck)]),
  ];
  return textOf(documents);
}

/** The rules of a case, as they are applied. */
function rules(lab: LabCase): string {
  return textOf(ruleDocuments(lab));
}

function textOf(documents: readonly object[]): string {
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

function ruleDocuments(lab: LabCase): object[] {
  const letters = lab.subsets ?? LETTERS.slice(0, lab.hosts.length);
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'server' },
      spec: {
        hosts: ['server'],
        http: [{ route: [{ destination: { host: 'server' } }], retries: { attempts: 0 }, ...lab.http }],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'server' },
      spec: {
        host: 'server',
        subsets: [...letters, 'nobody'].map((name) => ({ name, labels: { version: name } })),
        ...(lab.policy === undefined ? {} : { trafficPolicy: lab.policy }),
      },
    },
  ];
}

function checked(healthCheck: object): object {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'checks' },
    spec: {
      configPatches: [
        {
          applyTo: 'CLUSTER',
          match: { context: 'SIDECAR_OUTBOUND', cluster: { service: 'server.default.svc.cluster.local' } },
          patch: {
            operation: 'MERGE',
            value: { health_checks: [{ ...healthCheck, http_health_check: { path: HEALTH_PATH } }] },
          },
        },
      ],
    },
  };
}

/** TLS 1.3 takes one round trip, 1.2 two. */
function withTls(plan: MeshPlan, version: NonNullable<LabCase['tls']>): MeshPlan {
  const roundTrips = version === '1.3' ? 1 : 2;
  return { ...plan, clusters: plan.clusters.map((cluster) => ({ ...cluster, tls: { mode: 'tls', roundTrips } })) };
}

/** What a real connection meets at the hosts, as the plan says it of a cluster. */
function withReach(plan: MeshPlan, { hosts }: LabCase): MeshPlan {
  const [{ connection = 'ok', keepAlive }] = hosts;
  const reachable = connection === 'ok' ? 'yes' : connection === 'refuse' ? 'tls-failure' : 'reset';
  return {
    ...plan,
    clusters: plan.clusters.map((cluster) => ({
      ...cluster,
      reachable,
      // Whether the proxy or the server counts the requests of a connection makes no difference to who uses it.
      maxRequestsPerConnection: keepAlive ?? cluster.maxRequestsPerConnection,
    })),
  };
}

function withCosts(plan: MeshPlan, { proxyMs, serverMs }: Calibration): MeshPlan {
  const latencyNs = Math.round((Math.max(0, proxyMs - LOOPBACK_RTT_MS) / 2) * MS);
  return {
    ...plan,
    workloads: plan.workloads.map((workload) =>
      workload.proxy === null ? workload : { ...workload, proxy: { ...workload.proxy, latencyNs } },
    ),
    handlers: plan.handlers.map((handler) => ({
      ...handler,
      program: [
        ...handler.program,
        // As timers are late, now less and now more: servers that keep step to the nanosecond meet as real ones never do.
        { kind: 'work', duration: { kind: 'exponential', mean: serverMs * MS }, cpuShare: 0, retryWork: 'fresh' },
      ],
    })),
  };
}
