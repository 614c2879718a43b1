// ST1108: an annotation under Istio's name that Istio does not know.
import type { Rule } from '../rule.js';
import { istioAnnotations } from './annotation-walk.js';

export const unknownAnnotation: Rule = {
  code: 'ST1108',
  alias: 'IST0108',
  name: 'UnknownAnnotation',
  title: 'an annotation under the name of Istio that it does not know',
  severity: 'warning',
  why: 'A slip of the pen in an annotation is never refused: it simply does nothing.',
  help: 'look the name up in the list of Istio’s annotations, or delete it',
  source: 'istio: pkg/config/analysis/analyzers/annotations/annotations.go',
  check(mesh, report) {
    for (const { object, name, trouble } of istioAnnotations(mesh)) {
      if (trouble === 'unknown') report(object, ['metadata', 'annotations', name], `Istio has no annotation ${name}`);
    }
  },
};
