// ST1102: a namespace that says nothing about injection.
import type { Rule } from '../rule.js';
import { isEnabledByDefault, undecidedNamespaces } from './injection-labels.js';

export const namespaceNotInjected: Rule = {
  code: 'ST1102',
  alias: 'IST0102',
  name: 'NamespaceNotInjected',
  title: 'a namespace that is not enabled for injection',
  severity: 'info',
  why: 'Its pods have no sidecars: no routes, no retries, no mTLS, no metrics. If that is meant, a label says so.',
  help: 'label it istio-injection=enabled, or istio-injection=disabled if it is meant to stay outside',
  source: 'istio: pkg/config/analysis/analyzers/injection/injection.go',
  check(mesh, report) {
    for (const object of undecidedNamespaces(mesh)) {
      if (!isEnabledByDefault(mesh, ''))
        report(object, ['metadata', 'name'], 'the namespace is not enabled for injection');
    }
  },
};
