// ST1123: labels of injection that contradict one another.
import { ROOT_NAMESPACE } from '../../plan/terms/visibility.js';
import type { Rule } from '../rule.js';
import { injectionLabels } from './injection-labels.js';

export const multipleInjectionLabels: Rule = {
  code: 'ST1123',
  alias: 'IST0123',
  name: 'NamespaceMultipleInjectionLabels',
  title: 'a namespace with several labels of injection',
  severity: 'warning',
  why: '`istio-injection` wins over `istio.io/rev` and over ambient mode: the pods get the sidecar of another revision, or a sidecar instead of ztunnel.',
  help: 'keep one of them',
  source: 'istio: pkg/config/analysis/analyzers/injection/injection.go',
  check(mesh, report) {
    for (const object of mesh.all('', 'Namespace')) {
      const found = injectionLabels(object);
      if (object.name === ROOT_NAMESPACE || found.length < 2) continue;
      report(object, ['metadata', 'labels'], `${found.join(' and ')} contradict one another`);
    }
  },
};
