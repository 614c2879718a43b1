// ST1002: fields and kinds that Istio no longer wants.

import type { PlainValue } from '../../config/document.js';
import { type LintMesh, NETWORKING, TELEMETRY } from '../mesh.js';
import { dig, listAt, mapAt, numberAt, textAt } from '../plain-access.js';
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
    const lightsteps = lightstepProviders(mesh);
    for (const object of mesh.all(TELEMETRY, 'Telemetry')) {
      listAt(object.value, 'spec', 'tracing').forEach((tracing, index) => {
        listAt(tracing, 'providers').forEach((provider, at) => {
          const name = textAt(provider, 'name') ?? '';
          if (!lightsteps.has(name)) return;
          const path = ['spec', 'tracing', index, 'providers', at, 'name'];
          report(
            object,
            path,
            `the provider ${name} is one of Lightstep, which is deprecated`,
            'use an OpenTelemetry provider',
          );
        });
      });
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

/** Names of the tracing providers of Lightstep (istio: pkg/config/analysis/analyzers/telemetry/lightstep.go). */
function lightstepProviders(mesh: LintMesh): ReadonlySet<string> {
  const providers = mesh.setting('extensionProviders');
  const all: readonly PlainValue[] = Array.isArray(providers) ? providers : [];
  return new Set(
    all.filter((provider) => mapAt(provider, 'lightstep') !== null).map((provider) => textAt(provider, 'name') ?? ''),
  );
}
