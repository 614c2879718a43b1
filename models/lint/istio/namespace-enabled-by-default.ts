// ST1148: a namespace that is injected only because the injector takes all.
import type { Rule } from '../rule.js';
import { isEnabledByDefault, undecidedNamespaces } from './injection-labels.js';

export const namespaceEnabledByDefault: Rule = {
  code: 'ST1148',
  alias: 'IST0148',
  name: 'NamespaceInjectionEnabledByDefault',
  title: 'a namespace that is injected by default',
  severity: 'info',
  why: '`enableNamespacesByDefault` is on: a namespace without a label gets sidecars. Another installation of Istio may decide otherwise.',
  help: 'label it istio-injection=enabled to say that it is meant',
  source: 'istio: pkg/config/analysis/analyzers/injection/injection.go',
  check(mesh, report) {
    for (const object of undecidedNamespaces(mesh)) {
      if (isEnabledByDefault(mesh, ''))
        report(object, ['metadata', 'name'], 'it is injected because the injector takes all namespaces');
    }
  },
};
