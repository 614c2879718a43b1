// ST1135: an annotation that Istio wants to be rid of.
import type { Rule } from '../rule.js';
import { istioAnnotations } from './annotation-walk.js';

const INJECT = 'sidecar.istio.io/inject';

export const deprecatedAnnotation: Rule = {
  code: 'ST1135',
  alias: 'IST0135',
  name: 'DeprecatedAnnotation',
  title: 'a deprecated annotation',
  severity: 'info',
  why: 'It still works, and a later release may not read it. `sidecar.istio.io/inject` has become a label, which the webhook can select by.',
  help: 'use what took its place, or delete it',
  source: 'istio: pkg/config/analysis/analyzers/annotations/annotations.go',
  check(mesh, report) {
    for (const { object, name, known } of istioAnnotations(mesh)) {
      if (known === null || !known.isDeprecated) continue;
      if (name === INJECT && object.labels[INJECT] !== undefined) continue;
      const help = name === INJECT ? `write it as a label: ${INJECT}` : undefined;
      report(object, ['metadata', 'annotations', name], `${name} is deprecated`, help);
    }
  },
};
