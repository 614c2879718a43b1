// Calls by routing rule: a VirtualService that routes the requests of certain callers differently knows that they call.
// istio: networking/v1/virtual_service.proto (HTTPMatchRequest.source_labels).
import type { FoundCall } from '../call.js';
import type { Labels, Survey, Workload } from '../survey.js';

export function callsBySourceLabels(survey: Survey): FoundCall[] {
  return survey.resources.virtualServices.flatMap((resource) => {
    const { spec, name, source } = resource;
    const home = survey.home(resource.namespace);
    if (home === null) return [];
    const rules = [
      ...spec.http.map(({ match }, i) => ({ match, path: ['spec', 'http', i, 'match'] })),
      ...spec.tls.map(({ match }, i) => ({ match, path: ['spec', 'tls', i, 'match'] })),
      ...spec.tcp.map(({ match }, i) => ({ match, path: ['spec', 'tcp', i, 'match'] })),
    ];
    return rules.flatMap(({ match, path }) =>
      match.flatMap(({ sourceLabels, port }, j) => {
        const callers = withLabels(survey, sourceLabels, home.namespace);
        return spec.hosts.flatMap((host) => {
          const found = survey.resolve(host, home.namespace);
          if (found === null) return [];
          const { service } = found;
          return callers.workloads
            .filter((from) => !service.workloads.includes(from))
            .map((from): FoundCall => {
              const low = callers.loosely || home.lenient || found.lenient;
              return {
                from,
                to: service,
                port,
                host: service.source === 'entry' ? host : service.name,
                path: null,
                method: null,
                evidence: {
                  kind: 'virtual-service',
                  confidence: low ? 'low' : 'medium',
                  text: `sourceLabels of VirtualService ${name}`,
                  at: source.at([...path, j, 'sourceLabels']),
                },
              };
            });
        });
      }),
    );
  });
}

/** Labels that name an application, whatever its version. */
const NAMES = ['app', 'app.kubernetes.io/name', 'k8s-app', 'name', 'service'];

/** Pods with the labels; where a version is meant that is not here, those of the application. */
function withLabels(
  survey: Survey,
  labels: Labels,
  namespace: string,
): { readonly workloads: readonly Workload[]; readonly loosely: boolean } {
  const exact = survey.selected(labels, namespace);
  if (exact.length > 0) return { workloads: exact, loosely: false };
  const named = Object.fromEntries(Object.entries(labels).filter(([key]) => NAMES.includes(key)));
  return { workloads: survey.selected(named, namespace), loosely: true };
}
