// What `istioctl analyze` leaves out before it looks at anything (istio: pkg/config/analysis/local/istiod_analyze.go, addReaderKubeSourceInternal;
// pkg/kube/inject/initializer.go, IgnoredNamespaces): the namespaces that Kubernetes has for itself.
import type { LintObject } from './object.js';

const OF_KUBERNETES: ReadonlySet<string> = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
]);

/** Whether an object is one of these namespaces, or stands in one. */
export function isOfKubernetes({ group, kind, name, namespace }: LintObject): boolean {
  return OF_KUBERNETES.has(group === '' && kind === 'Namespace' ? name : namespace);
}
