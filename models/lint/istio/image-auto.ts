// ST1147 and its milder sister: `image: auto` where nothing will fill it in.

import { textAt } from '../plain-access.js';
import { containersOf, isMade } from '../pods.js';
import type { Rule } from '../rule.js';

export const imageAuto: Rule = {
  code: 'ST1147',
  alias: 'IST0147',
  name: 'ImageAutoWithoutInjectionError',
  title: '`image: auto` that no injection fills in',
  severity: 'error',
  why: '`auto` is a placeholder for the injector. Without injection the kubelet looks for an image of that name and finds none.',
  help: 'label the pod sidecar.istio.io/inject: "true", or name the image',
  source: 'istio: pkg/config/analysis/analyzers/injection/image-auto.go',
  check(mesh, report) {
    for (const pod of mesh.pods) {
      const index = containersOf(pod).findIndex(
        (container) => textAt(container, 'name') === 'istio-proxy' && textAt(container, 'image') === 'auto',
      );
      if (index < 0) continue;
      const owner = mesh.namespace(pod.namespace);
      // A Namespace that is not in the input may be labelled.
      if (!isMade(pod) && owner === null && pod.labels['sidecar.istio.io/inject'] !== 'false') continue;
      const namespace = owner?.labels ?? {};
      const isInjected =
        pod.labels['sidecar.istio.io/inject'] === 'true' ||
        namespace['istio-injection'] === 'enabled' ||
        (namespace['istio.io/rev'] ?? pod.labels['istio.io/rev']) !== undefined;
      if (isMade(pod) || !isInjected)
        report(pod.object, [...pod.specPath, 'containers', index, 'image'], 'no injection fills in image: auto');
    }
  },
};
