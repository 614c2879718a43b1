// Who wrote a `config.linkerd.io/` setting of a pod's proxy: the pod, else its Namespace.
import type { ResourceSet } from '../../config/load.js';
import { ofName } from '../../list-index.js';
import type { FieldSource } from '../contract/sources.js';
import type { Workload } from '../registry/workload.js';
import { CONFIG } from '../settings/linkerd-injection.js';
import { writtenAt } from '../terms/field-source.js';

/** @param name without the prefix, e.g. `proxy-cpu-limit` */
export function configSource(
  { namespace, text }: Pick<Workload, 'namespace' | 'text'>,
  name: string,
  { namespaces }: Pick<ResourceSet, 'namespaces'>,
): FieldSource | null {
  const path = ['metadata', 'annotations', `${CONFIG}${name}`];
  const own = text === undefined ? null : writtenAt(text.holder, [...text.template, ...path]);
  if (own !== null) return own;
  const inherited = ofName(namespaces, namespace);
  return inherited === undefined ? null : writtenAt(inherited.source, path);
}
