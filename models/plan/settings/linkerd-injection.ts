// Which pods have Linkerd's proxy, and what their annotations say to it.
// linkerd: pkg/inject/inject.go, pkg/k8s/labels.go; the annotation of the pod wins over that of its namespace.
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';
import { ofName } from '../../list-index.js';

export const INJECT = 'linkerd.io/inject';
export const CONFIG = 'config.linkerd.io/';
/** Name of the container where a manifest has it already. */
export const LINKERD_CONTAINER = 'linkerd-proxy';

/** What Linkerd's proxy of a workload is told: `config.linkerd.io/…` without the prefix. */
export type LinkerdConfig = Readonly<Record<string, string>>;

/**
 * Null where a pod has no proxy of Linkerd's.
 * @param byDefault what holds where neither the pod nor its Namespace says anything
 */
export function linkerdConfig(
  namespace: string,
  pod: PodTemplate,
  namespaces: ResourceSet['namespaces'],
  byDefault: boolean,
): LinkerdConfig | null {
  if (pod.hostNetwork) return null;
  const inherited = ofName(namespaces, namespace)?.annotations ?? {};
  const wish = pod.annotations[INJECT] ?? inherited[INJECT] ?? (byDefault ? 'enabled' : 'disabled');
  const has = [...pod.containers, ...pod.initContainers].some(({ name }) => name === LINKERD_CONTAINER);
  if (!has && wish !== 'enabled' && wish !== 'ingress') return null;
  return { ...configOf(inherited), ...configOf(pod.annotations) };
}

/** The configuration in the annotations of one object. */
export function configOf(annotations: Readonly<Record<string, string>>): LinkerdConfig {
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([name]) => name.startsWith(CONFIG))
      .map(([name, value]) => [name.slice(CONFIG.length), value]),
  );
}
