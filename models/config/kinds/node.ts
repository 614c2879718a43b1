// Node: where pods run, and how much CPU there is (kubernetes: staging/src/k8s.io/api/core/v1/types.go NodeSpec, NodeStatus; well-known
// labels topology.kubernetes.io/{region,zone}).
import { fieldOf, type PlainMap } from '../document.js';
import type { Place } from '../place.js';
import { INVALID } from '../place.js';
import { bool, cpuMillis, string } from '../scalars.js';
import { defaulted, inert, listOf, object, optional, required, type Schema } from '../schema.js';
import { clusterKind, type KindContext, type KindDefinition, specKind } from './kind.js';

export interface NodeSpec {
  /** Pods are placed on it without further ado: neither cordoned nor tainted. */
  readonly schedulable: boolean;
  /** What pods may have of it; null where the status does not say. */
  readonly allocatableCpuMillis: number | null;
}

interface Written {
  readonly unschedulable: boolean;
  readonly taints: readonly { readonly key: string; readonly effect: string }[];
}

const spec: Schema<Written> = object<Written>(
  'a Node',
  {
    unschedulable: defaulted('unschedulable', bool, false),
    taints: defaulted(
      'taints',
      listOf(
        'taints',
        object<Written['taints'][number]>(
          'a taint',
          { key: required('key', string), effect: required('effect', string) },
          { others: inert('value', 'timeAdded') },
        ),
      ),
      [],
    ),
  },
  { others: inert('configSource', 'externalID', 'podCIDR', 'podCIDRs', 'providerID') },
);

const written = clusterKind(specKind('Node', ['v1'], () => spec));

/** Amounts that the status states; the rest of it is the cluster's own. */
const amounts = object<{ cpu: number | null }>('amounts', { cpu: optional('cpu', cpuMillis) });

export const nodeKind: KindDefinition<'Node', NodeSpec> = {
  ...written,
  read(document: PlainMap, context: KindContext, place: Place) {
    const read = written.read(document, context, place);
    if (read === INVALID) return INVALID;
    const schedulable = !read.unschedulable && read.taints.every(({ effect }) => effect === 'PreferNoSchedule');
    const status = fieldOf(document, 'status');
    for (const name of ['allocatable', 'capacity']) {
      const cpu = fieldOf(fieldOf(status, name), 'cpu');
      if (cpu === undefined || cpu === null) continue;
      const found = amounts.read({ cpu }, place.down('status', name));
      return found === INVALID ? INVALID : { schedulable, allocatableCpuMillis: found.cpu };
    }
    return { schedulable, allocatableCpuMillis: null };
  },
};
