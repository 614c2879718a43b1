// Who sees an object: `exportTo`, and the order in which a proxy takes the objects that it sees.
// istio: pilot/pkg/model/push_context.go, pilot/pkg/model/virtualservice.go (candidate order private, explicit, public).

import { lookup } from '../../../sim/lookup.js';
/** Namespace of the mesh-wide objects. */
export const ROOT_NAMESPACE = 'istio-system';

/** Whether an object of namespace `owner` with this `exportTo` (empty = everybody) is visible in namespace `client`. */
export function isVisible(exportTo: readonly string[], owner: string, client: string): boolean {
  if (exportTo.length === 0 || exportTo.includes('*')) return true;
  return exportTo.includes(client) || (exportTo.includes('.') && owner === client);
}

interface Exported {
  readonly namespace: string;
  readonly exportTo: readonly string[];
}

/**
 * The objects that a proxy of namespace `client` sees, in its order of candidates: those private to its namespace, those exported to
 * it by name, the public ones; within each group in the order given (Istio's creation order). An object of the proxy's own
 * namespace has no precedence.
 */
export function candidateOrder<T>(objects: readonly T[], exported: (object: T) => Exported, client: string): T[] {
  const groups: [T[], T[], T[]] = [[], [], []];
  for (const object of objects) {
    const { namespace, exportTo } = exported(object);
    if (!isVisible(exportTo, namespace, client)) continue;
    groups[groupOf(exportTo, namespace, client)].push(object);
  }
  return groups.flat();
}

function groupOf(exportTo: readonly string[], owner: string, client: string): 0 | 1 | 2 {
  if (exportTo.length === 0 || exportTo.includes('*')) return 2;
  return owner === client && exportTo.includes('.') ? 0 : 1;
}

/** Whether `labels` hold every entry of `selector`; an empty selector selects all. */
export function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector).every(([key, value]) => lookup(labels, key) === value);
}
