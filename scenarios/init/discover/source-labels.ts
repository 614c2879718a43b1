// Calls by routing rule: a VirtualService that routes the requests of certain callers differently knows that they call.
// Read from the documents and not from the typed resources: of two VirtualServices with one name only the later runs, but both tell.
// istio: networking/v1/virtual_service.proto (HTTPMatchRequest.source_labels).
import type { FieldPath } from '../../../models/config/resource.js';
import type { FoundCall } from '../call.js';
import { type LooseObject, labelsIn, listIn, numberIn, textsIn } from '../loose.js';
import type { Survey } from '../survey.js';
import type { Labels, Workload } from '../surveyed.js';
import { portOf } from './dialed.js';

export function callsBySourceLabels(survey: Survey): FoundCall[] {
  return survey
    .kind('networking.istio.io', 'VirtualService')
    .flatMap((object) =>
      ['http', 'tls', 'tcp'].flatMap((protocol) =>
        listIn(object.value, 'spec', protocol).flatMap((route, i) =>
          listIn(route, 'match').flatMap((match, j) =>
            callsOf(
              survey,
              object,
              ['spec', protocol, i, 'match', j],
              labelsIn(match, 'sourceLabels'),
              numberIn(match, 'port'),
            ),
          ),
        ),
      ),
    );
}

function callsOf(
  survey: Survey,
  object: LooseObject,
  path: FieldPath,
  labels: Labels,
  port: number | null,
): FoundCall[] {
  const home = survey.home(object.namespace);
  if (home === null || Object.keys(labels).length === 0) return [];
  const callers = withLabels(survey, labels, home.namespace);
  return textsIn(object.value, 'spec', 'hosts').flatMap((host) => {
    const found = survey.resolve(host, home.namespace);
    if (found === null) return [];
    const { service } = found;
    return callers.workloads
      .filter((from) => !service.workloads.includes(from))
      .map(
        (from): FoundCall => ({
          from,
          to: service,
          port: port === null ? null : (portOf(service, port) ?? null),
          host: service.source === 'entry' ? host : service.name,
          path: null,
          method: null,
          evidence: {
            kind: 'virtual-service',
            confidence: callers.loosely || home.lenient || found.lenient ? 'low' : 'medium',
            text: `sourceLabels of VirtualService ${object.name}`,
            at: object.at([...path, 'sourceLabels']),
          },
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
