// ST1144: an application that runs as the user of the proxy.

import type { FieldPath } from '../../config/resource.js';
import { numberAt, textAt } from '../plain-access.js';
import { containersOf, isGatewayPod } from '../pods.js';
import type { Rule } from '../rule.js';

const PROXY_USER = 1337;
const OF_ISTIO: readonly string[] = ['istio-proxy', 'istio-operator'];

export const applicationUid: Rule = {
  code: 'ST1144',
  alias: 'IST0144',
  name: 'InvalidApplicationUID',
  title: 'an application that runs as user 1337',
  severity: 'warning',
  why: 'Traffic of user 1337 is taken for the proxy’s own and is not captured: the application is outside the mesh without knowing.',
  help: 'run the application as another user',
  source: 'istio: pkg/config/analysis/analyzers/deployment/pod.go',
  check(mesh, report) {
    for (const pod of mesh.pods) {
      const { labels, kind } = pod.object;
      if (labels.istio !== undefined || labels.release === 'istio' || !['Pod', 'Deployment'].includes(kind)) continue;
      const say = (path: FieldPath): void =>
        report(pod.object, [...pod.specPath, ...path, 'runAsUser'], 'user 1337 is the user of the proxy');
      if (!isGatewayPod(pod) && numberAt(pod.spec, 'securityContext', 'runAsUser') === PROXY_USER)
        say(['securityContext']);
      containersOf(pod).forEach((container, index) => {
        if (OF_ISTIO.includes(textAt(container, 'name') ?? '')) return;
        if (numberAt(container, 'securityContext', 'runAsUser') === PROXY_USER)
          say(['containers', index, 'securityContext']);
      });
    }
  },
};
