// ST2504: a pod that is killed before it has drained.
import { formatDuration, parseDuration } from '../../config/duration.js';
import { listAt, numberAt, type textAt } from '../plain-access.js';
import { containersOf, type LintPod } from '../pods.js';
import type { Rule } from '../rule.js';

const DEFAULT_GRACE_SECONDS = 30;
/** istio: pkg/config/mesh/mesh.go (terminationDrainDuration). */
const DEFAULT_DRAIN_NS = 5e9;
const DRAIN = /terminationDrainDuration"?\s*:\s*"?([0-9a-zµ.]+)/;
const SLEEP = /\bsleep\s+(\d+)/;

export const shortGrace: Rule = {
  code: 'ST2504',
  name: 'ShortGrace',
  title: 'a grace period shorter than the drain',
  severity: 'warning',
  why: 'preStop hooks and the drain of the proxy count into terminationGracePeriodSeconds. When it is over all containers are killed, with the requests that they still have: a few failures at each rollout.',
  help: 'raise terminationGracePeriodSeconds above preStop plus drain',
  source:
    'kubernetes: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer); istio: pkg/envoy/agent.go (terminate)',
  check(mesh, report) {
    for (const pod of mesh.pods) {
      const grace = (numberAt(pod.spec, 'terminationGracePeriodSeconds') ?? DEFAULT_GRACE_SECONDS) * 1e9;
      const drain = mesh.isInMesh(pod) ? drainOf(pod) : 0;
      const stop = Math.max(0, ...containersOf(pod, true).map(sleepOf)) * 1e9;
      const needed = Math.max(stop, drain);
      if (needed < grace || needed === 0) continue;
      const what =
        stop >= drain ? `preStop sleeps ${formatDuration(stop)}` : `the proxy drains for ${formatDuration(drain)}`;
      report(
        pod.object,
        [...pod.specPath, 'terminationGracePeriodSeconds'],
        `${what}, and the pod is killed after ${formatDuration(grace)}`,
      );
    }
  },
};

function drainOf(pod: LintPod): number {
  const found = DRAIN.exec(pod.annotations['proxy.istio.io/config'] ?? '');
  return found === null ? DEFAULT_DRAIN_NS : (parseDuration(found[1]!) ?? DEFAULT_DRAIN_NS);
}

/** Seconds that a preStop hook sleeps. */
function sleepOf(container: Parameters<typeof textAt>[0]): number {
  const own = numberAt(container, 'lifecycle', 'preStop', 'sleep', 'seconds');
  if (own !== null) return own;
  const words = listAt(container, 'lifecycle', 'preStop', 'exec', 'command').join(' ');
  const found = SLEEP.exec(words);
  return found === null ? 0 : Number(found[1]);
}
