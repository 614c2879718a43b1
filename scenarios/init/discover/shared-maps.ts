// ConfigMaps that several applications take in whole (`envFrom`): that a key is there says nothing of who uses it. A key belongs to the application that
// names it in its own variables or arguments, or that it is named after (`ORDERS_DB_HOST` of `orders`).
import { listIn, textIn } from '../loose.js';
import type { Survey } from '../survey.js';
import type { Workload } from '../surveyed.js';
import { normalKey } from './addresses.js';

const readers = new WeakMap<Survey, ReadonlyMap<string, ReadonlySet<string>>>();

/** Applications that take in a ConfigMap of a namespace whole, by their names in the scenario. */
export function appsTakingIn(name: string, namespace: string, survey: Survey): ReadonlySet<string> {
  const known = readers.get(survey) ?? readersOf(survey);
  readers.set(survey, known);
  return known.get(keyOf(name, namespace)) ?? new Set();
}

function readersOf(survey: Survey): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const workload of survey.workloads) {
    for (const container of listIn(workload.podSpec ?? undefined, 'containers')) {
      for (const source of listIn(container, 'envFrom')) {
        const name = textIn(source, 'configMapRef', 'name');
        if (name === null) continue;
        const key = keyOf(name, workload.namespace);
        const apps = found.get(key) ?? new Set();
        found.set(key, apps.add(survey.appOf(workload)));
      }
    }
  }
  return found;
}

function keyOf(name: string, namespace: string): string {
  return `${namespace}/${name}`;
}

/** Whether a key is named after the application of a workload. */
export function isNamedAfter(key: string, workload: Workload, survey: Survey): boolean {
  const app = survey.appOf(workload).split('.')[0]!;
  const own = `${normalKey(app)}_`;
  return normalKey(key).startsWith(own);
}
