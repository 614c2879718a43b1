// Node: where pods run, and how much CPU there is (kubernetes: staging/src/k8s.io/api/core/v1/types.go NodeSpec, NodeStatus; well-known
// labels topology.kubernetes.io/{region,zone}).
import { fieldOf, type PlainMap } from '../document.js';
import type { Place } from '../place.js';
import { INVALID } from '../place.js';
import { bool, bytes, cpuMillis, milliQuantity, string, word } from '../scalars.js';
import { defaulted, inert, listOf, mapped, object, optional, required, type Schema } from '../schema.js';
import { clusterKind, type KindContext, type KindDefinition, specKind } from './kind.js';
import { TAINT_EFFECTS, type TaintEffect } from './scheduling-fields.js';

export interface NodeSpec {
  /** Pods are placed on it without further ado: neither cordoned nor tainted. */
  readonly schedulable: boolean;
  /** What pods may have of it; null where the status does not say. */
  readonly allocatableCpuMillis: number | null;
  readonly allocatableMemoryBytes: number | null;
  readonly allocatablePods: number | null;
  readonly unschedulable: boolean;
  readonly taints: readonly Taint[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: TaintEffect;
}

type Written = Pick<NodeSpec, 'unschedulable' | 'taints'>;

const spec: Schema<Written> = object<Written>(
  'a Node',
  {
    unschedulable: defaulted('unschedulable', bool, false),
    taints: defaulted(
      'taints',
      listOf(
        'taints',
        object<Taint>(
          'a taint',
          {
            key: required('key', string),
            value: defaulted('value', string, ''),
            effect: required('effect', word(TAINT_EFFECTS)),
          },
          { others: inert('timeAdded') },
        ),
      ),
      [],
    ),
  },
  { others: inert('configSource', 'externalID', 'podCIDR', 'podCIDRs', 'providerID') },
);

const written = clusterKind(specKind('Node', ['v1'], () => spec));

/** Written as a quantity: `110`, with quotes or without. */
const podCount: Schema<number> = mapped(milliQuantity, (milli) => Math.floor(milli / 1000));

/** Amounts that the status states; the rest of it is the cluster's own. */
interface Amounts {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly pods: number | null;
}

const amounts = object<Amounts>('amounts', {
  cpu: optional('cpu', cpuMillis),
  memory: optional('memory', bytes),
  pods: optional('pods', podCount),
});

export const nodeKind: KindDefinition<'Node', NodeSpec> = {
  ...written,
  read(document: PlainMap, context: KindContext, place: Place) {
    const read = written.read(document, context, place);
    if (read === INVALID) return INVALID;
    const schedulable = !read.unschedulable && read.taints.every(({ effect }) => effect === 'PreferNoSchedule');
    const status = fieldOf(document, 'status');
    for (const name of ['allocatable', 'capacity']) {
      const said = fieldOf(status, name);
      const [cpu, memory, pods] = ['cpu', 'memory', 'pods'].map((field) => fieldOf(said, field) ?? null);
      if (cpu === null) continue;
      const found = amounts.read({ cpu, memory, pods }, place.down('status', name));
      return found === INVALID ? INVALID : { schedulable, ...read, ...allocatable(found) };
    }
    return { schedulable, ...read, ...allocatable({ cpu: null, memory: null, pods: null }) };
  },
};

function allocatable({
  cpu,
  memory,
  pods,
}: Amounts): Pick<NodeSpec, 'allocatableCpuMillis' | 'allocatableMemoryBytes' | 'allocatablePods'> {
  return { allocatableCpuMillis: cpu, allocatableMemoryBytes: memory, allocatablePods: pods };
}
