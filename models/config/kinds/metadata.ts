// The metadata that every object has (kubernetes: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go ObjectMeta).
import { fieldOf, type PlainMap, type PlainValue } from '../document.js';
import { INVALID, type Invalid, type Place } from '../place.js';
import type { Owner } from '../resource.js';
import { bool, string, stringMap } from '../scalars.js';
import { defaulted, inert, listOf, object, optional, type Schema } from '../schema.js';
import { parseTimestampMs } from '../timestamp.js';
import type { StringMap } from './common.js';

export interface Metadata {
  /** '' where neither a name nor a generateName is given. */
  readonly name: string;
  /** null where absent. */
  readonly namespace: string | null;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly owner: Owner | null;
  readonly createdAtMs: number | null;
}

/** Fields that the API server or a client writes. */
export const INERT_METADATA = inert(
  'clusterName',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'initializers',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
);

interface OwnerReference extends Owner {
  readonly controller: boolean;
}

const ownerReference: Schema<OwnerReference> = object<OwnerReference>(
  'an owner reference',
  {
    kind: defaulted('kind', string, ''),
    name: defaulted('name', string, ''),
    controller: defaulted('controller', bool, false),
  },
  { others: inert('apiVersion', 'uid', 'blockOwnerDeletion') },
);

interface WrittenMetadata {
  readonly name: string | null;
  readonly generateName: string | null;
  readonly namespace: string | null;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly ownerReferences: readonly OwnerReference[];
  readonly creationTimestamp: string | null;
}

const written: Schema<WrittenMetadata> = object<WrittenMetadata>(
  'metadata',
  {
    name: optional('name', string),
    generateName: optional('generateName', string),
    namespace: optional('namespace', string),
    labels: defaulted('labels', stringMap, {}),
    annotations: defaulted('annotations', stringMap, {}),
    ownerReferences: defaulted('ownerReferences', listOf('owner references', ownerReference), []),
    creationTimestamp: optional('creationTimestamp', string),
  },
  { others: INERT_METADATA },
);

/** Reads `metadata`; a missing name is an error. */
export function readMetadata(document: PlainMap, place: Place): Metadata | Invalid {
  const at = place.child('metadata');
  const read = written.read(document.metadata ?? {}, at);
  if (read === INVALID) return INVALID;
  const name = read.name || read.generateName;
  if (name === null || name === '') return at.missing('name', 'the name of the object');
  const { namespace, labels, annotations } = read;
  const createdAtMs = read.creationTimestamp === null ? null : parseTimestampMs(read.creationTimestamp);
  const controller = read.ownerReferences.find((reference) => reference.controller);
  const owner = controller === undefined ? null : { kind: controller.kind, name: controller.name };
  return { name, namespace: namespace === '' ? null : namespace, labels, annotations, owner, createdAtMs };
}

/** Only the name, which must be there. */
export function readName(document: PlainMap, place: Place): Metadata | Invalid {
  const read = looseMetadata(document);
  return read.name === '' ? place.child('metadata').missing('name', 'the name of the object') : read;
}

/** Name and namespace as far as they are readable, for messages and for objects that cannot be read. */
export function looseMetadata(document: PlainMap): Metadata {
  const metadata = document.metadata;
  return {
    name: text(fieldOf(metadata, 'name')) ?? text(fieldOf(metadata, 'generateName')) ?? '',
    namespace: text(fieldOf(metadata, 'namespace')),
    labels: {},
    annotations: {},
    owner: null,
    createdAtMs: null,
  };
}

function text(value: PlainValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
