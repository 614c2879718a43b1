// All doors of the mesh, the surest first; a second door to a service that has one is left out.
import type { FoundCall } from '../call.js';
import type { LeftOut } from '../evidence.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import type { FoundEntries, FoundEntry } from './entry.js';
import { routeEntries } from './gateway-api.js';
import { gatewayEntries } from './istio-gateways.js';
import { mappingEntries } from './mappings.js';
import { openServices, uncalledServices } from './open-services.js';

/** What is looked for, for the message where nothing is found. */
export const LOOKED_FOR =
  'Istio Gateways with VirtualServices, HTTPRoutes, Ingresses, Services of type LoadBalancer or NodePort, ' +
  'load generators, and services that nobody else calls';

/** `hasSources`: workloads of the mesh send by themselves, so that doors need not be invented. */
export function findEntries(survey: Survey, calls: readonly FoundCall[], hasSources: boolean): FoundEntries {
  const throughGateways = gatewayEntries(survey);
  const declared = [...throughGateways.entries, ...routeEntries(survey), ...mappingEntries(survey)];
  const open = [...declared, ...openServices(survey, 'LoadBalancer', calls)];
  const found = firstOf([
    () => open,
    () => openServices(survey, 'NodePort', calls),
    () => uncalledServices(survey, calls, !hasSources),
  ]);
  const { entries, leftOut } = onePerService(found, survey);
  return { entries, leftOut: [...throughGateways.leftOut, ...leftOut] };
}

function firstOf(searches: readonly (() => readonly FoundEntry[])[]): readonly FoundEntry[] {
  for (const search of searches) {
    const found = search();
    if (found.length > 0) return found;
  }
  return [];
}

function onePerService(found: readonly FoundEntry[], survey: Survey): FoundEntries {
  const doors = new Map<Service, FoundEntry>();
  const entries: FoundEntry[] = [];
  const leftOut: LeftOut[] = [];
  for (const entry of found) {
    const behind = entry.service === null ? null : survey.primaryOf(entry.service);
    const known = behind === null ? undefined : doors.get(behind);
    // Two VirtualServices at a gateway have hosts and paths of their own; anything else is the same way in once more.
    if (known !== undefined && (entry.to === known.to || !isGateway(entry))) {
      leftOut.push({ text: `${entry.text} is a second way to ${behind?.name}`, at: entry.at });
      continue;
    }
    if (behind !== null && known === undefined) doors.set(behind, entry);
    entries.push(entry);
  }
  return { entries, leftOut };
}

function isGateway({ text }: FoundEntry): boolean {
  return text.startsWith('VirtualService ');
}
