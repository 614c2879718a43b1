// ST1136: an annotation that Istio calls alpha. Off by default, here as there: nearly all of them are.
import { listAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';
import { istioAnnotations } from './annotation-walk.js';

/** Set by istio-cni on pods without the init container `istio-init`. */
const SET_BY_CNI: readonly string[] = [
  'sidecar.istio.io/interceptionMode',
  'traffic.sidecar.istio.io/includeInboundPorts',
  'traffic.sidecar.istio.io/excludeInboundPorts',
  'traffic.sidecar.istio.io/includeOutboundIPRanges',
];

export const alphaAnnotation: Rule = {
  code: 'ST1136',
  alias: 'IST0136',
  name: 'AlphaAnnotation',
  title: 'an annotation that Istio calls alpha',
  severity: 'info',
  isOff: true,
  why: 'Alpha features may change or go in any release.',
  help: 'read the release notes before an upgrade',
  source: 'istio: pkg/config/analysis/analyzers/maturity/maturity.go',
  check(mesh, report) {
    for (const { object, name, known } of istioAnnotations(mesh)) {
      if (known === null || !known.isAlpha) continue;
      const isInitialised = listAt(object.value, 'spec', 'initContainers').some(
        (container) => textAt(container, 'name') === 'istio-init',
      );
      if (object.kind === 'Pod' && !isInitialised && SET_BY_CNI.includes(name)) continue;
      report(object, ['metadata', 'annotations', name], `${name} is an alpha feature`);
    }
  },
};
