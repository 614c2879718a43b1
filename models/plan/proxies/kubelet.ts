// What the kubelet has to do for the application of a workload, from the probes of its container and from the scenario. Probes of proxies and of further
// containers are not among it: these are taken to be well. k8s: pkg/kubelet/prober/prober_manager.go (AddPod).
import type { Probe } from '../../config/kinds/probe.js';
import type { KubeletPlan, ProbePlan } from '../contract/kubelet-plan.js';
import type { Workload } from '../registry/workload.js';
import type { BehaviourSpec } from '../settings/input.js';
import { LINKERD_CONTAINER } from '../settings/linkerd-injection.js';
import { ISTIO_CONTAINER } from '../settings/proxy-limits.js';

const NS_PER_S = 1_000_000_000;
/** k8s: pkg/apis/core/types.go, DefaultTerminationGracePeriodSeconds. */
const GRACE_SECONDS = 30;

/** Null where nothing probes the application, and where it is there as soon as its container is. */
export function kubeletPlan(
  { kind, pod }: Pick<Workload, 'kind' | 'pod'>,
  { startup: bootNs }: BehaviourSpec,
): KubeletPlan | null {
  if (kind !== 'app' || pod === null) return null;
  const own = pod.containers.find(({ name }) => name !== ISTIO_CONTAINER && name !== LINKERD_CONTAINER);
  const startup = planOf(own?.startupProbe ?? null);
  const readiness = planOf(own?.readinessProbe ?? null);
  const liveness = planOf(own?.livenessProbe ?? null);
  if (startup === null && readiness === null && liveness === null && bootNs === undefined) return null;
  const graceNs = (pod.terminationGracePeriodSeconds ?? GRACE_SECONDS) * NS_PER_S;
  return { startup, readiness, liveness, graceNs, bootNs: bootNs ?? null };
}

function planOf(probe: Probe | null): ProbePlan | null {
  if (probe === null) return null;
  const { connectsOnly, terminationGracePeriodSeconds: graceSeconds, ...spec } = probe;
  return { ...spec, graceSeconds, asks: connectsOnly ? 'connection' : 'request' };
}
