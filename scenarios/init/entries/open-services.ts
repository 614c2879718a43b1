// Doors without a gateway: Services of type LoadBalancer and NodePort; and where there is none of these, the services that nobody else calls.
// kubernetes: core/v1 ServiceType.

import { selects } from '../../../models/plan/terms/visibility.js';
import type { FoundCall } from '../call.js';
import { classifyService, isAside, isDataStore } from '../discover/service-kind.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import { directAddress, distinctRequests, type FoundEntry } from './entry.js';

/** Services of a type that is open to the outside, but for those of gateways, and for NodePorts that a workload of the mesh calls. */
export function openServices(
  survey: Survey,
  type: 'LoadBalancer' | 'NodePort',
  calls: readonly FoundCall[],
): FoundEntry[] {
  const called = calledServices(survey, calls);
  return survey.services
    .filter((service) => service.type === type && isDoor(service, survey))
    .filter((service) => type === 'LoadBalancer' || !called.has(survey.primaryOf(service)))
    .flatMap((service) => entryOf(service, `Service ${service.name} of type ${type}`));
}

/** The services that nobody calls: those that look like a front or call others than stores; where there is none, and `must`, all that serve requests. */
export function uncalledServices(survey: Survey, calls: readonly FoundCall[], must: boolean): FoundEntry[] {
  const called = calledServices(survey, calls);
  const calling = new Set(
    calls.filter(({ to }) => !isDataStore(classifyService(to).kind)).map(({ from }) => survey.serviceOf(from)),
  );
  const uncalled = survey.services.filter(
    (service) => isDoor(service, survey) && survey.primaryOf(service) === service && !called.has(service),
  );
  const likely = uncalled.filter((service) => calling.has(service) || classifyService(service).kind === 'front end');
  const chosen = likely.length > 0 || !must ? likely : uncalled;
  return chosen.flatMap((service) => entryOf(service, `nobody here calls ${service.name}`));
}

function calledServices(survey: Survey, calls: readonly FoundCall[]): ReadonlySet<Service> {
  return new Set(calls.map(({ to }) => survey.primaryOf(to)));
}

function isDoor(service: Service, survey: Survey): boolean {
  const { kind } = classifyService(service);
  return (
    service.workloads.length > 0 &&
    service.isThere &&
    !isAside(kind) &&
    !isDataStore(kind) &&
    !isGateway(service, survey)
  );
}

/** A proxy at the edge is no application: who comes in there is known from its Gateway. */
export function isGateway({ workloads }: Service, survey: Survey): boolean {
  return workloads.some(
    ({ labels, containers }) =>
      containers[0]?.image === 'auto' ||
      /\/proxyv2(:|$)/.test(containers[0]?.image ?? '') ||
      survey.resources.gateways.some(
        ({ spec }) => Object.keys(spec.selector).length > 0 && selects(spec.selector, labels),
      ),
  );
}

function entryOf(service: Service, text: string): FoundEntry[] {
  const to = directAddress(service, null);
  if (to === null) return [];
  return [{ to, service, requests: distinctRequests([], service), text, at: service.at, caveat: null }];
}
