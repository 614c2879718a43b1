// Calls by analogy: a service that nobody is seen to call, and that is the very twin of one that somebody calls: the same image, the same
// ports, the same labels but for one. Whoever calls the one is taken to call the other; the weakest guess of all.
import { lookup } from '../../../sim/lookup.js';
import type { FoundCall } from '../call.js';
import type { Survey } from '../survey.js';
import type { Labels, Service } from '../surveyed.js';

/** Labels that tell versions apart, not services. */
const VERSION_LABELS = ['version', 'app.kubernetes.io/version', 'app.kubernetes.io/instance', 'pod-template-hash'];

export function callsByAnalogy(survey: Survey, known: readonly FoundCall[]): FoundCall[] {
  const called = new Set(known.map(({ to }) => to));
  const calling = new Set(known.map(({ from }) => survey.serviceOf(from)));
  return survey.services
    .filter((service) => isRunning(service) && !called.has(service) && !calling.has(service))
    .flatMap((service) =>
      known
        .filter(({ from, to }) => isTwin(service, to) && survey.serviceOf(from) !== service)
        .map(
          (call): FoundCall => ({
            ...call,
            to: service,
            host: service.name,
            port: service.ports.some(({ number }) => number === call.port) ? call.port : null,
            path: null,
            method: null,
            evidence: {
              kind: 'analogy',
              confidence: 'low',
              text: `as to its twin ${call.to.name} (${call.evidence.text})`,
              at: call.evidence.at,
            },
          }),
        ),
    );
}

function isRunning({ source, workloads }: Service): boolean {
  return source === 'kubernetes' && workloads.length > 0;
}

function isTwin(a: Service, b: Service): boolean {
  const [first] = a.workloads;
  const [second] = b.workloads;
  if (a === b || first === undefined || second === undefined || a.namespace !== b.namespace || first === second)
    return false;
  return (
    first.containers[0]?.image === second.containers[0]?.image &&
    samePorts(a) === samePorts(b) &&
    differences(first.labels, second.labels) === 1
  );
}

function samePorts({ ports }: Service): string {
  return ports.map(({ number, protocol }) => `${number}/${protocol}`).join();
}

/** How many labels differ in their values; many where one of the two has a label that the other has not. */
function differences(a: Labels, b: Labels): number {
  const keys = (labels: Labels): string[] =>
    Object.keys(labels)
      .filter((key) => !VERSION_LABELS.includes(key))
      .sort();
  const own = keys(a);
  // A label that only names the service says nothing of an application that both belong to: two must be there.
  if (own.length < 2 || own.join() !== keys(b).join()) return Number.POSITIVE_INFINITY;
  return own.filter((key) => lookup(a, key) !== lookup(b, key)).length;
}
