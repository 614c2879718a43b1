// What the labels of a namespace say about injection (istio: pkg/config/analysis/analyzers/injection/injection.go).
import { lookup } from '../../../sim/lookup.js';
import { ROOT_NAMESPACE } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { textAt } from '../plain-access.js';

export const INJECTION = 'istio-injection';
export const REVISION = 'istio.io/rev';
export const DATAPLANE_MODE = 'istio.io/dataplane-mode';

/** The labels of injection that contradict one another, as `key=value`; fewer than two = none do. */
export function injectionLabels({ labels }: LintObject): string[] {
  const own = labels[INJECTION];
  const found = own === undefined ? [] : [`${INJECTION}=${own}`];
  if (own !== undefined && own !== 'enabled') return found;
  for (const name of [REVISION, DATAPLANE_MODE]) {
    if (labels[name] !== undefined) found.push(`${name}=${labels[name]}`);
  }
  return found;
}

/** Namespaces that nobody has decided about: neither enabled, nor disabled, nor ambient. */
export function undecidedNamespaces(mesh: LintMesh): LintObject[] {
  return mesh
    .all('', 'Namespace')
    .filter(
      ({ name, labels }) =>
        name !== ROOT_NAMESPACE &&
        labels[DATAPLANE_MODE] !== 'ambient' &&
        (labels[INJECTION] ?? '') === '' &&
        labels[REVISION] === undefined,
    );
}

/** Name of the injector's ConfigMap for a revision. */
export function injectorMap(revision: string): string {
  return revision === '' || revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`;
}

/** The Helm values in an injector's ConfigMap, which are JSON; null where there are none. */
export function injectorValues(map: LintObject): unknown {
  try {
    return JSON.parse(textAt(map.value, 'data', 'values') ?? 'null');
  } catch {
    return null;
  }
}

/** A value of parsed JSON at a path, or undefined. */
export function jsonAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = lookup(found as Readonly<Record<string, unknown>>, step);
  }
  return found;
}

/** Whether the injector takes namespaces in that say nothing. */
export function isEnabledByDefault(mesh: LintMesh, revision: string): boolean {
  const map = mesh.all('', 'ConfigMap').find(({ name }) => name === injectorMap(revision));
  return (
    map !== undefined && jsonAt(injectorValues(map), 'sidecarInjectorWebhook', 'enableNamespacesByDefault') === true
  );
}
