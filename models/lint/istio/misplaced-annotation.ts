// ST1107: an annotation of Istio on a kind that it does nothing on.
import type { Rule } from '../rule.js';
import { istioAnnotations } from './annotation-walk.js';

export const misplacedAnnotation: Rule = {
  code: 'ST1107',
  alias: 'IST0107',
  name: 'MisplacedAnnotation',
  title: 'an annotation of Istio on the wrong kind of object',
  severity: 'warning',
  why: 'Istio reads each of its annotations on certain kinds alone. Most belong on the pod: in a Deployment that is `spec.template.metadata`, not `metadata`.',
  help: 'move it to the object that it belongs on',
  source: 'istio: pkg/config/analysis/analyzers/annotations/annotations.go',
  check(mesh, report) {
    for (const { object, name, known, trouble } of istioAnnotations(mesh)) {
      if (trouble !== 'misplaced' || known === null) continue;
      const help =
        object.kind === 'Deployment' && known.kinds.includes('Pod')
          ? 'move it to spec.template.metadata.annotations'
          : undefined;
      report(
        object,
        ['metadata', 'annotations', name],
        `${name} can only be applied to ${known.kinds.join(', ')}`,
        help,
      );
    }
  },
};
