// What is said where a workload is more than a run holds: the field that asks for it, and how to ask for less.
import { lookup } from '../../../sim/lookup.js';
import { PODS_MAX, PODS_OF_WORKLOAD_MAX, PROXY_WORKERS_MAX, PROXY_WORKERS_OF_WORKLOAD_MAX } from '../../bounds.js';
import type { SourcePosition } from '../../config/diagnostic.js';
import type { WorkloadPlan } from '../contract/plan.js';
import type { Findings } from '../terms/findings.js';
import type { Workload } from './workload.js';

export function sayTooManyPods(workload: Workload, replicas: number, findings: Findings): void {
  const { resource, name, namespace, position, source } = workload;
  const bound =
    replicas > PODS_OF_WORKLOAD_MAX
      ? `the ${PODS_OF_WORKLOAD_MAX} that a workload may have in a run`
      : `what is left of the ${PODS_MAX} that a mesh may have in a run`;
  findings.error(
    'too-many-pods',
    source?.at(['spec', 'replicas']) ?? position,
    `${resource} has ${replicas} pods, more than ${bound}`,
    `simulate a part of it: \`workloads: { ${name}.${namespace}: { replicas: 100 } }\` in the scenario, and its share of the load`,
  );
}

/** Where the number of a proxy's threads comes from, the nearest first. */
const THREAD_ANNOTATIONS = [
  'proxy.istio.io/config',
  'sidecar.istio.io/proxyCPULimit',
  'config.linkerd.io/proxy-cpu-limit',
] as const;

export function checkProxyWorkers(
  workload: Workload,
  { proxy, podLocalities }: WorkloadPlan,
  findings: Findings,
): void {
  if (proxy === null) return;
  const pods = podLocalities.length;
  const isOne = proxy.workers > PROXY_WORKERS_MAX;
  if (!isOne && proxy.workers * pods <= PROXY_WORKERS_OF_WORKLOAD_MAX) return;
  const bound = isOne ? PROXY_WORKERS_MAX : `${PROXY_WORKERS_OF_WORKLOAD_MAX} of all its ${pods} pods together`;
  findings.error(
    'too-many-proxy-workers',
    placeOfThreads(workload),
    `the proxy of ${workload.resource} has ${proxy.workers} worker threads, more than the ${bound} that a run holds`,
    'a proxy has as many as its CPU limit has cores, unless concurrency says otherwise: lower the limit',
  );
}

function placeOfThreads({ pod, source, resource, position }: Workload): SourcePosition | null {
  const name = THREAD_ANNOTATIONS.find((candidate) => lookup(pod?.annotations ?? {}, candidate) !== undefined);
  if (name === undefined || source === undefined) return position;
  const metadata = resource.startsWith('Pod ') ? ['metadata'] : ['spec', 'template', 'metadata'];
  return source.at([...metadata, 'annotations', name]);
}
