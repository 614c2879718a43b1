// ST1125: an annotation whose value Istio's injector refuses.
import type { Rule } from '../rule.js';
import { istioAnnotations } from './annotation-walk.js';

export const invalidAnnotation: Rule = {
  code: 'ST1125',
  alias: 'IST0125',
  name: 'InvalidAnnotation',
  title: 'an annotation with a value that Istio refuses',
  severity: 'warning',
  why: 'The injection webhook refuses the pod, so that the controller cannot make new ones.',
  help: 'write a value that the annotation takes',
  source: 'istio: pkg/kube/inject/validate.go',
  check(mesh, report) {
    for (const { object, name, trouble, problem } of istioAnnotations(mesh)) {
      if (trouble === 'invalid') report(object, ['metadata', 'annotations', name], `${name}: ${problem}`);
    }
  },
};
