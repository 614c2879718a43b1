// ST2502 and ST2503: sidecars whose CPU limit or threads are below what the rate needs. They need the scenario: rates.
import type { MeshPlan, ProxyPlan } from '../../plan/contract/plan.js';
import type { LintMesh } from '../mesh.js';
import type { Report } from '../report.js';
import type { Rule } from '../rule.js';

/** From here on queues at the workers show in the tail. */
const BUSY = 0.7;
const SOURCE = 'istio.io: performance and scalability (CPU per request); envoy: source/server/worker_impl.cc';

interface Load {
  readonly name: string;
  readonly proxy: ProxyPlan;
  readonly index: number;
  /** Requests a second through one proxy, in and out. */
  readonly rate: number;
  /** Cores that they keep busy. */
  readonly cores: number;
}

function loads(mesh: LintMesh): Load[] {
  const { plan, traffic } = mesh;
  if (plan === null || traffic === null) return [];
  return plan.workloads.flatMap((workload, index) => {
    const { proxy } = workload;
    const pods = workload.podLocalities.length;
    if (proxy === null || pods === 0) return [];
    const rate = (traffic.arrivingPerSecond[index]! + traffic.leavingPerSecond[index]!) / pods;
    const cost = proxy.requestCpuNs + proxy.responseCpuNs + proxy.afterResponseCpuNs;
    return rate === 0 ? [] : [{ name: workload.name, proxy, index, rate, cores: (rate * cost) / 1e9 }];
  });
}

function at(mesh: LintMesh, plan: MeshPlan, load: Load, report: Report, message: string): void {
  const { name, namespace } = plan.workloads[load.index]!;
  const pod = mesh.podsOf(namespace, name)[0];
  if (pod === undefined) report.at(null, message);
  else report(pod.object, pod.metadataPath, message);
}

export const proxyCpuBelowRate: Rule = {
  code: 'ST2502',
  name: 'ProxyCpuBelowRate',
  title: 'a sidecar with less CPU than the rate needs',
  severity: 'warning',
  needsScenario: true,
  why: 'Above its limit the proxy is throttled for the rest of each 100 ms: latencies jump by tens of milliseconds though the application is idle.',
  help: 'raise sidecar.istio.io/proxyCPULimit, or run more pods',
  source: SOURCE,
  check(mesh, report) {
    for (const load of loads(mesh)) {
      const limit = load.proxy.cpuLimitMillis;
      if (limit === null || load.cores * 1000 < BUSY * limit) continue;
      at(
        mesh,
        mesh.plan!,
        load,
        report,
        `${Math.round(load.rate)} requests a second need ${Math.round(load.cores * 1000)}m of CPU in each sidecar of ${load.name}, and its limit is ${limit}m`,
      );
    }
  },
};

export const proxyThreadsBelowRate: Rule = {
  code: 'ST2503',
  name: 'ProxyThreadsBelowRate',
  title: 'a sidecar with fewer threads than the rate needs',
  severity: 'warning',
  needsScenario: true,
  why: 'A connection belongs to one worker thread, and a thread is one core at most. With concurrency 1 or 2 a busy proxy queues requests in its threads while the cores of the node are idle.',
  help: 'raise concurrency (proxy.istio.io/config), or run more pods',
  source: SOURCE,
  check(mesh, report) {
    for (const load of loads(mesh)) {
      const { workers, cpuLimitMillis } = load.proxy;
      if (load.cores < BUSY * workers || (cpuLimitMillis !== null && cpuLimitMillis <= workers * 1000)) continue;
      at(
        mesh,
        mesh.plan!,
        load,
        report,
        `${Math.round(load.rate)} requests a second keep ${Math.round(load.cores * 100) / 100} threads busy in each sidecar of ${load.name}, and it has ${workers}`,
      );
    }
  },
};
