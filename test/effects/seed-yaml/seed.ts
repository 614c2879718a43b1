// The seed files (YAML blocks of the project's founding document, beside the checkout where there are any), unchanged, and what they need around
// them: Deployments, Services, Namespaces, a load.
import { existsSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { loadMesh, type NamedText, type RunResult, type ScenarioSpec, simulate } from '../../../scenarios/library.js';

export const FOLDER = new URL('../../../../shared/seed-yaml/', import.meta.url);
export const isPresent = existsSync(FOLDER);
if (!isPresent) console.warn('no seed files beside the checkout: skipped');

/** The text of a seed file. */
export function seed(file: string): NamedText {
  return { name: file, text: readFileSync(new URL(file, FOLDER), 'utf8') };
}

/** The tests of one document of a seed file; `resource` is `Kind namespace/name`, or what the document is. claims.test.ts looks for these. */
export function describeSeed(file: string, resource: string, tests: () => void): void {
  describe.skipIf(!isPresent)(`${file}: ${resource}`, tests);
}

export interface PodsOptions {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly account?: string;
  readonly port?: number;
}

/** A Deployment; its pods have the label `app` beside those given. */
export function pods(name: string, options: PodsOptions = {}): string {
  const { namespace = 'default', labels = {}, annotations = {}, replicas = 1, account = 'default', port } = options;
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name, ...labels } },
      template: {
        metadata: { labels: { app: name, ...labels }, annotations },
        spec: {
          serviceAccountName: account,
          containers: [
            { name: 'app', image: 'app', ...(port === undefined ? {} : { ports: [{ containerPort: port }] }) },
          ],
        },
      },
    },
  });
}

export interface ServiceOptions {
  readonly namespace?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly targetPort?: number;
  readonly portName?: string;
}

/** A Service; it selects the pods whose label `app` is its name, unless it is told another selector. */
export function service(name: string, options: ServiceOptions = {}): string {
  const { namespace = 'default', selector = { app: name }, port = 80, targetPort = port, portName = 'http' } = options;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector, ports: [{ name: portName, port, targetPort }] },
  });
}

export function namespace(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
}

/** Pods and the Service in front of them. */
export function app(name: string, options: PodsOptions & Omit<ServiceOptions, 'selector'> = {}): string {
  return [pods(name, options), service(name, options)].join('\n---\n');
}

/** Texts of manifests, and seed files; the scenario's run is short unless it says otherwise. */
export async function run(
  manifests: readonly (string | NamedText)[],
  scenario: Omit<ScenarioSpec, 'mesh'>,
): Promise<RunResult> {
  const own = manifests.filter((manifest) => typeof manifest === 'string').join('\n---\n');
  const files = manifests.filter((manifest) => typeof manifest !== 'string');
  const { run: wished, ...rest } = scenario;
  const mesh = loadMesh([{ name: 'around.yaml', text: own }, ...files], {
    scenario: {
      run: { duration: '20s', warmup: '1s', replications: 1, seed: 'seed yaml', ...wished },
      defaults: { work: 'constant(1ms)' },
      ...rest,
    },
  });
  return await simulate(mesh, { workers: 0 });
}

/** What the requests of the traffic got, by the name of the request: `{ home: { '200': 1 } }`, as shares. */
export function shares(result: RunResult): Record<string, Record<string, number>> {
  return Object.fromEntries(
    result.traffic.flatMap(({ requests }) =>
      requests.map(({ name, outcomes }) => [
        name,
        Object.fromEntries(outcomes.map(({ label, share }) => [label, share])),
      ]),
    ),
  );
}

/** Calls that ended at each workload, by its name without the namespace; `-`: no upstream. */
export function callsTo(result: RunResult, from?: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const edge of result.edges) {
    if (from !== undefined && edge.from !== from) continue;
    for (const { workload, latency } of edge.rows) {
      const name = workload?.split('.')[0] ?? '-';
      counts[name] = (counts[name] ?? 0) + latency.samples;
    }
  }
  return counts;
}

/** What the calls from a service got, as shares, with the flags of its proxy: `{ '503 FI': 0.5 }`. */
export function outcomes(result: RunResult, from: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { label, count } of result.edges.filter((edge) => edge.from === from).flatMap((edge) => edge.outcomes)) {
    counts[label] = (counts[label] ?? 0) + count;
  }
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(Object.entries(counts).map(([label, count]) => [label, count / all]));
}

/** Tries for each call from a service, rounded (calls and tries at the ends of the window are not the same): the largest of its edges. */
export function triesPerCall(result: RunResult, from: string): number {
  const rows = result.edges.filter((edge) => edge.from === from).flatMap((edge) => edge.rows);
  return Math.round(Math.max(...rows.map(({ attemptsPerCall }) => attemptsPerCall.value ?? 0)));
}

/** Five standard errors of a share that ought to be `share`. */
export function margin(share: number, samples: number): number {
  return 5 * Math.sqrt((share * (1 - share)) / samples);
}

/** CPU of all proxies of a workload, cores. */
export function proxyCores(result: RunResult, workload: string): number {
  return workloadOf(result, workload).proxyCpuCores.value ?? 0;
}

export function workloadOf(result: RunResult, workload: string) {
  const found = result.services.flatMap(({ workloads }) => workloads).find(({ name }) => name === workload);
  if (found === undefined) throw new Error(`no workload ${workload}: ${result.services.map(({ name }) => name)}`);
  return found;
}

export function clusterOf(result: RunResult, host: string, subset = '') {
  const found = result.clusters.find((cluster) => cluster.host === host && cluster.subset === subset);
  if (found === undefined) throw new Error(`no cluster ${host} ${subset}: ${result.clusters.map(({ name }) => name)}`);
  return found;
}
