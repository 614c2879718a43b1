// The objects of a cluster's YAML as plain data, each under its identity (group, kind, namespace, name) and with the place of every
// field: what two worlds are compared by.
import type { Changes } from '../../models/config/change.js';
import type { SourcePosition } from '../../models/config/diagnostic.js';
import { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from '../../models/config/document.js';
import { identityKey, identityOf, type ObjectIdentity } from '../../models/config/identity.js';
import { OWN_GROUP } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { FieldPath, NamedText } from '../../models/config/resource.js';

export interface ConfigObject extends ObjectIdentity {
  readonly value: PlainMap;
  /** Position of the key of a field, or of what would hold it. */
  at(path: FieldPath): SourcePosition;
}

/**
 * By identity; of two objects with one identity the later counts. Our own documents, and what is no manifest, are left out.
 * @param named what a timeline applies and deletes, by path: objects of their own
 */
export function configObjects(
  texts: readonly NamedText[],
  changes?: Changes,
  named: ReadonlyMap<string, readonly RawDocument[]> = new Map(),
): Map<string, ConfigObject> {
  const objects = new Map<string, ConfigObject>();
  for (const text of texts) {
    for (const written of parseDocuments(text)) {
      const document = changes?.applyTo(written) ?? written;
      collect(objects, document, [], document.value, null);
    }
  }
  for (const [path, documents] of named) {
    const own = new Map<string, ConfigObject>();
    for (const document of documents) collect(own, document, [], document.value, null);
    for (const [key, object] of own) objects.set(`${path} ${key}`, object);
  }
  return objects;
}

interface Implied {
  readonly apiVersion: string;
  readonly kind: string;
}

function collect(
  objects: Map<string, ConfigObject>,
  document: RawDocument,
  prefix: FieldPath,
  value: PlainValue,
  implied: Implied | null,
): void {
  const apiVersion = fieldOf(value, 'apiVersion') ?? implied?.apiVersion;
  const kind = fieldOf(value, 'kind') ?? implied?.kind;
  if (!isPlainMap(value) || typeof apiVersion !== 'string' || typeof kind !== 'string') return;
  if (apiVersion.startsWith(OWN_GROUP)) return;
  const items = kind.endsWith('List') ? fieldOf(value, 'items') : undefined;
  if (Array.isArray(items)) {
    const own = kind === 'List' ? null : { apiVersion, kind: kind.slice(0, -'List'.length) };
    items.forEach((item: PlainValue, index) => {
      collect(objects, document, [...prefix, 'items', index], item, own);
    });
    return;
  }
  const identity = identityOf(value, apiVersion, kind);
  objects.set(identityKey(identity), { ...identity, value, at: (path) => document.at([...prefix, ...path]) });
}
