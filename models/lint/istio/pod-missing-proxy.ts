// ST1103: a running Pod without the sidecar that its namespace asks for.
import { dig } from '../plain-access.js';
import { isMade, writtenProxy } from '../pods.js';
import type { Rule } from '../rule.js';
import { INJECTION } from './injection-labels.js';

export const podMissingProxy: Rule = {
  code: 'ST1103',
  alias: 'IST0103',
  name: 'PodMissingProxy',
  title: 'a Pod without the sidecar that it should have',
  severity: 'warning',
  why: 'Said of pods that a cluster has told of (status, nodeName): it was made before the namespace was labelled, or while the webhook was away. It sends and takes plain text and follows no route.',
  help: 'restart the workload: kubectl rollout restart',
  source: 'istio: pkg/config/analysis/analyzers/injection/injection.go',
  check(mesh, report) {
    for (const pod of mesh.pods) {
      if (!isMade(pod) || mesh.namespace(pod.namespace)?.labels[INJECTION] !== 'enabled') continue;
      const wish = pod.labels['sidecar.istio.io/inject'] ?? pod.annotations['sidecar.istio.io/inject'] ?? '';
      if (wish.toLowerCase() === 'false' || dig(pod.spec, 'hostNetwork') === true) continue;
      if (writtenProxy(pod) === null) report(pod.object, ['metadata', 'name'], 'the pod has no container istio-proxy');
    }
  },
};
