// ST1002: fields and kinds that Istio no longer wants.

import { NETWORKING } from '../mesh.js';
import { dig, numberAt, textAt } from '../plain-access.js';
import { httpRoutes } from '../routes.js';
import type { Rule } from '../rule.js';

const REMOVED_KINDS: readonly string[] = ['ClusterRbacConfig', 'RbacConfig', 'ServiceRole', 'ServiceRoleBinding'];

export const deprecatedField: Rule = {
  code: 'ST1002',
  alias: 'IST0002',
  name: 'Deprecated',
  title: 'a feature that Istio deprecates',
  severity: 'warning',
  why: 'It is ignored already, or will be in a later release.',
  help: 'use what took its place',
  source: 'istio: pkg/config/analysis/analyzers/deprecation/deprecation.go',
  check(mesh, report) {
    for (const { object, route, path } of httpRoutes(mesh.virtualServices)) {
      if ((numberAt(route, 'fault', 'delay', 'percent') ?? 0) > 0) {
        report(
          object,
          [...path, 'fault', 'delay', 'percent'],
          'fault.delay.percent is deprecated',
          'use percentage: {value: …}',
        );
      }
    }
    for (const object of mesh.all(NETWORKING, 'Sidecar')) {
      const proxy = dig(object.value, 'spec', 'outboundTrafficPolicy', 'egressProxy');
      if (proxy === undefined || proxy === null) continue;
      report(
        object,
        ['spec', 'outboundTrafficPolicy', 'egressProxy'],
        'outboundTrafficPolicy.egressProxy is ignored',
        'delete it',
      );
    }
    for (const object of mesh.all('apiextensions.k8s.io', 'CustomResourceDefinition')) {
      const kind = textAt(object.value, 'spec', 'names', 'kind') ?? '';
      if (textAt(object.value, 'spec', 'group') === 'rbac.istio.io' && REMOVED_KINDS.includes(kind))
        report(
          object,
          [],
          `the kind rbac.istio.io ${kind} is removed`,
          'use AuthorizationPolicy and delete the definition',
        );
    }
  },
};
