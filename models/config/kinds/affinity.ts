// Where pods want to run (kubernetes: staging/src/k8s.io/api/core/v1/types.go Affinity; pkg/apis/core/validation/validation.go
// ValidateNodeSelectorRequirement, validatePodAffinityTerm). What is required is kept; of preferences, that pods keep apart.
import { lookup } from '../../../sim/lookup.js';
import type { Place } from '../place.js';
import { string, strings, word } from '../scalars.js';
import {
  approximated,
  checked,
  defaulted,
  inert,
  listed,
  listOf,
  mapped,
  notModelled,
  object,
  optional,
  required,
  type Schema,
} from '../schema.js';
import type { LabelSelector } from './common.js';
import { labelSelector, meetsRequirement } from './label-selector.js';

export interface Affinity {
  /** Any of these; null: any node. */
  readonly nodes: readonly NodeTerm[] | null;
  /** Places in which other pods are. */
  readonly near: readonly PodTerm[];
  /** Places in which no other pods are. */
  readonly apart: readonly PodTerm[];
}

/** All requirements hold of the labels of a node. */
export type NodeTerm = readonly NodeRequirement[];

export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

export interface PodTerm {
  readonly selector: LabelSelector;
  /** Empty, and no selector: the pod's own. */
  readonly namespaces: readonly string[];
  readonly namespaceSelector: LabelSelector | null;
  /** Label of nodes: pods on nodes with one value are in one place. */
  readonly topologyKey: string;
}

const nodeRequirement: Schema<NodeRequirement> = checked(
  object<NodeRequirement>('a node requirement', {
    key: required('key', string),
    operator: required('operator', word(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'])),
    values: defaulted('values', strings, []),
  }),
  checkValues,
);

function checkValues({ operator, values }: NodeRequirement, place: Place): void {
  const at = place.child('values');
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) at.rejectedByKubernetes(`${operator} needs a value`, 'add values');
      return;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) at.rejectedByKubernetes(`${operator} has no values`, 'delete values');
      return;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) at.rejectedByKubernetes(`${operator} needs one value`, 'write one number');
  }
}

/** Names of nodes are not known. */
const BY_NAME = listed(notModelled('nodes are not told apart by name'));

const nodeTerms: Schema<readonly NodeTerm[]> = mapped(
  object<{ nodeSelectorTerms: readonly { matchExpressions: NodeTerm }[] }>('a node selector', {
    nodeSelectorTerms: required(
      'nodeSelectorTerms',
      listOf(
        'terms',
        object<{ matchExpressions: NodeTerm }>(
          'a term',
          { matchExpressions: defaulted('matchExpressions', listOf('requirements', nodeRequirement), []) },
          { others: { matchFields: BY_NAME } },
        ),
      ),
    ),
  }),
  ({ nodeSelectorTerms }, place) => {
    if (nodeSelectorTerms.length === 0) place.rejectedByKubernetes('a node selector needs a term', 'add one');
    return nodeSelectorTerms.map(({ matchExpressions }) => matchExpressions);
  },
);

const podTerm: Schema<PodTerm> = object<PodTerm>(
  'a term',
  {
    selector: defaulted('labelSelector', labelSelector, { matchLabels: {}, matchExpressions: [] }),
    namespaces: defaulted('namespaces', strings, []),
    namespaceSelector: optional('namespaceSelector', labelSelector),
    topologyKey: required('topologyKey', string),
  },
  { others: inert('matchLabelKeys', 'mismatchLabelKeys') },
);

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

const ZONES_OF_NODES = approximated('zones are kept to; other labels of nodes count where the Nodes are in the YAML');
const ZONES_OF_PODS = approximated('the zones of the other pods are kept to, not their nodes');
const ONE_EACH = approximated('as many pods run as there are zones, or Nodes in the YAML');
const SPREAD = approximated('pods are spread over the zones one by one, whatever is preferred');
const NOT_FOLLOWED = listed(
  notModelled('this preference is not followed: pods are spread over all zones that they may be in'),
);

interface Written {
  readonly nodeAffinity: { readonly required: readonly NodeTerm[] | null } | null;
  readonly podAffinity: { readonly required: readonly PodTerm[] } | null;
  readonly podAntiAffinity: { readonly required: readonly PodTerm[] } | null;
}

const podTerms = listOf('terms', podTerm);

export const affinity: Schema<Affinity> = mapped(
  object<Written>('an affinity', {
    nodeAffinity: optional(
      'nodeAffinity',
      object<NonNullable<Written['nodeAffinity']>>(
        'a node affinity',
        { required: optional(REQUIRED, nodeTerms, ZONES_OF_NODES) },
        { others: { [PREFERRED]: NOT_FOLLOWED } },
      ),
    ),
    podAffinity: optional(
      'podAffinity',
      object<NonNullable<Written['podAffinity']>>(
        'a pod affinity',
        { required: defaulted(REQUIRED, podTerms, [], ZONES_OF_PODS) },
        { others: { [PREFERRED]: NOT_FOLLOWED } },
      ),
    ),
    podAntiAffinity: optional(
      'podAntiAffinity',
      object<NonNullable<Written['podAntiAffinity']>>(
        'a pod anti-affinity',
        { required: defaulted(REQUIRED, podTerms, [], ONE_EACH) },
        { others: { [PREFERRED]: listed(SPREAD) } },
      ),
    ),
  }),
  ({ nodeAffinity, podAffinity, podAntiAffinity }) => ({
    nodes: nodeAffinity?.required ?? null,
    near: podAffinity?.required ?? [],
    apart: podAntiAffinity?.required ?? [],
  }),
);

/** Whether all requirements of a term hold; those that `isKnown` does not know count as met. */
export function meets(
  term: NodeTerm,
  labels: Readonly<Record<string, string>>,
  isKnown: (key: string) => boolean = () => true,
): boolean {
  return term.every((requirement) => !isKnown(requirement.key) || holds(requirement, lookup(labels, requirement.key)));
}

function holds({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
    case 'NotIn':
    case 'Exists':
    case 'DoesNotExist':
      return meetsRequirement({ operator, values }, value);
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
  }
}
