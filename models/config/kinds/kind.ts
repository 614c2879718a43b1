// What each kind of resource says about itself: its API versions, and how its body is read.
import type { PlainMap, PlainValue } from '../document.js';
import { INVALID, type Invalid, type Place } from '../place.js';
import { inert, type OtherField, object, optional, type Schema } from '../schema.js';
import type { StringMap } from './common.js';

/** What the reading of a body may depend on. */
export interface KindContext {
  readonly name: string;
  readonly namespace: string;
  readonly labels: StringMap;
  readonly annotations: StringMap;
}

export interface KindDefinition<Kind extends string, Spec> {
  readonly kind: Kind;
  /** e.g. `apps/v1`; the first is the current one. */
  readonly apiVersions: readonly string[];
  readonly namespaced: boolean;
  /** Absent: as objects of a cluster have it. `named`: a name, and otherwise metadata of its own. `free`: a file for an installer, which needs no name. */
  readonly metadata?: 'named' | 'free';
  read(document: PlainMap, context: KindContext, place: Place): Spec | Invalid;
}

const anything: Schema<PlainValue> = { expected: 'anything', read: (value) => value };

const HEADER_FIELDS = inert('apiVersion', 'kind', 'metadata', 'status');

/** A kind whose content is all in `spec`; a spec that is absent reads as `{}`. */
export function specKind<Kind extends string, Spec>(
  kind: Kind,
  apiVersions: readonly string[],
  schema: (context: KindContext) => Schema<Spec>,
): KindDefinition<Kind, Spec> {
  const body = object<{ spec: PlainValue | null }>(
    kind,
    { spec: optional('spec', anything) },
    { others: HEADER_FIELDS },
  );
  return {
    kind,
    apiVersions,
    namespaced: true,
    read(document, context, place) {
      const read = body.read(document, place);
      return read === INVALID ? INVALID : schema(context).read(read.spec ?? {}, place.child('spec'));
    },
  };
}

/** A kind whose content stands beside its metadata. */
export function objectKind<Kind extends string, Spec>(
  kind: Kind,
  apiVersions: readonly string[],
  schema: (context: KindContext) => Schema<Spec>,
): KindDefinition<Kind, Spec> {
  return {
    kind,
    apiVersions,
    namespaced: true,
    read(document, context, place) {
      const content = Object.entries(document).filter(([name]) => !Object.hasOwn(HEADER_FIELDS, name));
      return schema(context).read(Object.fromEntries(content), place);
    },
  };
}

/** A kind that has no namespace. */
export function clusterKind<Kind extends string, Spec>(kind: KindDefinition<Kind, Spec>): KindDefinition<Kind, Spec> {
  return { ...kind, namespaced: false };
}

/** A kind that tools read and no cluster does. */
export function foreignKind<Kind extends string, Spec>(kind: KindDefinition<Kind, Spec>): KindDefinition<Kind, Spec> {
  return { ...kind, namespaced: false, metadata: 'named' };
}

/** A kind of which the mesh reads the metadata only. */
export function metadataKind<Kind extends string>(
  kind: Kind,
  namespaced: boolean,
  others: Readonly<Record<string, OtherField>>,
): KindDefinition<Kind, Readonly<Record<never, never>>> {
  const body = object<Record<never, never>>(kind, {}, { others: { ...HEADER_FIELDS, ...others } });
  return {
    kind,
    apiVersions: ['v1'],
    namespaced,
    read: (document, _context, place) => body.read(document, place),
  };
}

const ISTIO_VERSIONS = ['v1', 'v1beta1', 'v1alpha3'];

/** The versions of `security.istio.io`. */
export const ISTIO_SECURITY: readonly string[] = ['security.istio.io/v1', 'security.istio.io/v1beta1'];

/** The versions of `networking.istio.io` that serve its resources, all with one schema. */
export const ISTIO_NETWORKING: readonly string[] = ISTIO_VERSIONS.map((version) => `networking.istio.io/${version}`);
