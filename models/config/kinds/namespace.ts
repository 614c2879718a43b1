// Namespace: only its metadata matters to a mesh (injection and revision labels).
import { inert } from '../schema.js';
import { metadataKind } from './kind.js';

/** A Namespace has nothing in its spec that a mesh reads; look at the labels of the resource. */
export type NamespaceSpec = Readonly<Record<never, never>>;

export const namespaceKind = metadataKind('Namespace', false, inert('spec'));
