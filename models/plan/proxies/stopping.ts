// How the pods of a workload end: the grace period and the hooks of their template, the drain of their proxy, and what the scenario says of SIGTERM.
// k8s: pkg/apis/core/types.go; istio: pkg/config/mesh/mesh.go, pilot/cmd/pilot-agent/options/options.go, pkg/kube/inject/inject.go (native sidecars).
import { parseDuration } from '../../config/duration.js';
import type { Container } from '../../config/kinds/container.js';
import {
  CLASSIC_PROXY,
  GRACE_SECONDS,
  LINKERD_PROXY,
  type ProxyStoppingPlan,
  type StoppingPlan,
} from '../contract/stopping-plan.js';
import type { Workload } from '../registry/workload.js';
import type { BehaviourSpec, PlanInput } from '../settings/input.js';
import { LINKERD_CONTAINER } from '../settings/linkerd-injection.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { ISTIO_CONTAINER } from '../settings/proxy-limits.js';
import type { ReleaseDefaults } from '../settings/versions.js';
import { annotatedValue, proxyVariable } from './proxy-variables.js';

const S_NS = 1_000_000_000;
const EXIT_ON_ZERO = 'EXIT_ON_ZERO_ACTIVE_CONNECTIONS';
const MINIMUM_DRAIN = 'MINIMUM_DRAIN_DURATION';
const NATIVE = 'sidecar.istio.io/nativeSidecar';
/** Sidecars are native from this release on, where nodes run Kubernetes 1.33 or later, which is taken for granted (istio: release notes of 1.27). */
const FIRST_NATIVE_MINOR = 27;

interface StoppingParts {
  readonly input: PlanInput;
  readonly mesh: MeshSettings;
  readonly release: ReleaseDefaults;
}

/** @param hasProxy whether there is a proxy of Istio's or Linkerd's in each pod */
export function stoppingPlan(
  workload: Workload,
  { onSigterm }: BehaviourSpec,
  hasProxy: boolean,
  parts: StoppingParts,
): StoppingPlan {
  const { pod } = workload;
  const own = (pod?.containers ?? []).filter(({ name }) => name !== ISTIO_CONTAINER && name !== LINKERD_CONTAINER);
  return {
    graceSeconds: pod?.terminationGracePeriodSeconds ?? GRACE_SECONDS,
    hookNs: own.reduce((longest, one) => Math.max(longest, hookNs(one)), 0),
    onSigterm: onSigterm ?? 'exit',
    proxy: hasProxy ? proxyOf(workload, parts) : null,
  };
}

function proxyOf(workload: Workload, { input, mesh, release }: StoppingParts): ProxyStoppingPlan {
  const { pod, linkerd, kind } = workload;
  const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
  const written = containers.find(({ name }) => name === (linkerd === undefined ? ISTIO_CONTAINER : LINKERD_CONTAINER));
  const hook = written === undefined ? 0 : hookNs(written);
  if (linkerd !== undefined) {
    return { ...LINKERD_PROXY, isNative: written?.restartPolicy === 'Always', hookNs: hook };
  }
  const variable = (name: string): string | null =>
    written?.env.find((one) => one.name === name)?.value ?? proxyVariable(workload, name, input.resources, mesh);
  const isNative = pod?.annotations[NATIVE] ?? String(release.minor >= FIRST_NATIVE_MINOR);
  return {
    isNative: kind === 'app' && isNative === 'true',
    hookNs: hook,
    terminationDrainNs:
      durationNs(annotatedValue(pod, 'terminationDrainDuration')) ??
      mesh.terminationDrainNs ??
      CLASSIC_PROXY.terminationDrainNs,
    exitsOnZeroConnections: variable(EXIT_ON_ZERO) === 'true',
    minimumDrainNs: durationNs(variable(MINIMUM_DRAIN)) ?? CLASSIC_PROXY.minimumDrainNs,
  };
}

function hookNs({ lifecycle }: Container): number {
  return lifecycle.preStopSeconds * S_NS;
}

function durationNs(text: string | null): number | null {
  return text === null ? null : parseDuration(text);
}
