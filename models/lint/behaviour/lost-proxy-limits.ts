// ST2506: annotations that take the sidecar's limits away.
import type { Rule } from '../rule.js';

const CPU = 'sidecar.istio.io/proxyCPU';
const CPU_LIMIT = 'sidecar.istio.io/proxyCPULimit';
const MEMORY = 'sidecar.istio.io/proxyMemory';

export const lostProxyLimits: Rule = {
  code: 'ST2506',
  name: 'LostProxyLimits',
  title: 'a sidecar that lost its CPU limit',
  severity: 'warning',
  why: 'Any of the annotations for the resources of the sidecar replaces all of its defaults. With proxyCPU alone the limit of two cores is gone, and the proxy starts a worker thread for each core of the node: more memory, more connections, other limits by worker.',
  help: 'set proxyCPULimit too, or concurrency in proxy.istio.io/config',
  source: 'istio: pkg/kube/inject/template.go; pkg/bootstrap/config.go (concurrency)',
  check(mesh, report) {
    for (const pod of mesh.pods) {
      const { annotations } = pod;
      const first = [CPU, MEMORY].find((name) => annotations[name] !== undefined);
      if (first === undefined || annotations[CPU_LIMIT] !== undefined || !mesh.isInMesh(pod)) continue;
      if (/concurrency"?\s*:\s*[1-9]/.test(annotations['proxy.istio.io/config'] ?? '')) continue;
      report(
        pod.object,
        [...pod.metadataPath, 'annotations', first],
        `${first} without proxyCPULimit: no limit holds, and there is a worker thread for each core of the node`,
      );
    }
  },
};
