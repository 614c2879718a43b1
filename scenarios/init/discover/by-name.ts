// Calls by name: a database, cache or queue that nobody is seen to call and that is named after one service (`carts-db`, `mongodb-user`) is
// taken to be that service's own.
import type { FoundCall } from '../call.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import { classifyService, isDataStore, isStoreWord } from './service-kind.js';

export function callsByName(survey: Survey, known: readonly FoundCall[]): FoundCall[] {
  const called = new Set(known.map(({ to }) => to));
  const stores = survey.services.filter(
    (service) => service.source === 'kubernetes' && !called.has(service) && isDataStore(classifyService(service).kind),
  );
  return stores.flatMap((store): FoundCall[] => {
    const owner = ownerOf(store, survey);
    if (owner === null) return [];
    return owner.workloads.map((from) => ({
      from,
      to: store,
      port: null,
      host: store.name,
      path: null,
      method: null,
      evidence: { kind: 'name', confidence: 'low', text: `${store.name} is named after ${owner.name}`, at: store.at },
    }));
  });
}

/** The one service of the namespace that carries the store's name without the words for stores. */
function ownerOf(store: Service, survey: Survey): Service | null {
  const stem = stemOf(store.name);
  if (stem === '' || stem === lettersOf(store.name)) return null;
  const owners = survey.services.filter(
    (service) =>
      service.namespace === store.namespace &&
      service.workloads.length > 0 &&
      survey.primaryOf(service) === service &&
      !isDataStore(classifyService(service).kind) &&
      [lettersOf(service.name), lettersOf(service.name).replace(/(service|svc)$/, '')].includes(stem),
  );
  return owners.length === 1 ? owners[0]! : null;
}

function stemOf(name: string): string {
  return name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => !isStoreWord(word))
    .join('');
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
