// Which pods have Linkerd's proxy, and what their annotations say to it.
// linkerd: pkg/inject/inject.go, pkg/k8s/labels.go; the annotation of the pod wins over that of its namespace.
import type { PodTemplate } from '../../config/kinds/pod-template.js';
import type { ResourceSet } from '../../config/load.js';

export const INJECT = 'linkerd.io/inject';
const CONFIG = 'config.linkerd.io/';
/** Name of the container where a manifest has it already. */
export const LINKERD_CONTAINER = 'linkerd-proxy';

/** Ports of protocols in which the server speaks first (linkerd: charts/linkerd-control-plane/values.yaml, proxy.opaquePorts). */
export const DEFAULT_OPAQUE_PORTS: readonly number[] = [25, 587, 3306, 4444, 5432, 6379, 9300, 11211];

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
  const inherited = namespaces.find(({ name }) => name === namespace)?.annotations ?? {};
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

/** Whether a list such as `3306,8000-8010` has a port; names of ports are not resolved. */
export function listsPort(list: string, port: number): boolean {
  return list.split(',').some((part) => {
    const range = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part);
    return range !== null && port >= Number(range[1]) && port <= Number(range[2] ?? range[1]);
  });
}
