// ST1158: pods whose proxy is of another version than the injector's.
import { parseDocuments } from '../../config/parse.js';
import { ROOT_NAMESPACE, selects } from '../../plan/terms/visibility.js';
import { type LintMesh, NETWORKING } from '../mesh.js';
import { mapAt, textAt, textMapAt } from '../plain-access.js';
import { type LintPod, writtenProxy } from '../pods.js';
import type { Rule } from '../rule.js';
import { INJECTION, injectorMap, injectorValues, jsonAt, REVISION } from './injection-labels.js';

export const proxyImage: Rule = {
  code: 'ST1158',
  alias: 'IST0158',
  name: 'PodsIstioProxyImageMismatchInNamespace',
  title: 'pods whose proxy is not of the version of the injector',
  severity: 'warning',
  why: 'After an upgrade of the control plane proxies keep their version until their pods are made anew.',
  help: 'restart the workloads: kubectl rollout restart',
  source: 'istio: pkg/config/analysis/analyzers/injection/injection-image.go',
  check(mesh, report) {
    for (const namespace of mesh.all('', 'Namespace')) {
      const revision = namespace.labels[REVISION] ?? (namespace.labels[INJECTION] === 'enabled' ? 'default' : null);
      if (revision === null) continue;
      const image = injectedImage(mesh, revision);
      if (image === null) continue;
      const names = mesh
        .podsIn(namespace.name)
        .filter((pod) => pod.isPod && isOther(mesh, pod, image))
        .map(({ object }) => object.name);
      if (names.length === 0) continue;
      report(namespace, ['metadata', 'name'], `${names.sort().join(', ')}: the proxy is not ${image}`);
    }
  },
};

function injectedImage(mesh: LintMesh, revision: string): string | null {
  const map = mesh.all('', 'ConfigMap').find(({ name }) => name === injectorMap(revision));
  if (map === undefined) return null;
  const values = injectorValues(map);
  const image = jsonAt(values, 'global', 'proxy', 'image');
  if (typeof image !== 'string') return null;
  return image.includes('/') ? image : `${jsonAt(values, 'global', 'hub')}/${image}:${jsonAt(values, 'global', 'tag')}`;
}

function isOther(mesh: LintMesh, pod: LintPod, image: string): boolean {
  if ((pod.annotations['sidecar.istio.io/proxyImage'] ?? '') !== '') return false;
  const proxy = writtenProxy(pod);
  if (proxy === null) return false;
  const own = textAt(proxy, 'image');
  return own !== image && own !== `${image}-${imageTypeOf(mesh, pod)}`;
}

/** `distroless` and the like: of the pod's annotation, else of a ProxyConfig for it, its namespace, the mesh (istio: util/proxyconfig.go). */
function imageTypeOf(mesh: LintMesh, pod: LintPod): string {
  const root = mesh.setting('rootNamespace') ?? ROOT_NAMESPACE;
  let type = mesh.setting('defaultConfig', 'image', 'imageType');
  const configs = mesh.all(NETWORKING, 'ProxyConfig');
  const levels = [
    configs.filter(({ namespace }) => namespace === root),
    configs.filter(({ namespace, value }) => namespace === pod.namespace && mapAt(value, 'spec', 'selector') === null),
    configs.filter(
      ({ namespace, value }) =>
        namespace === pod.namespace &&
        mapAt(value, 'spec', 'selector') !== null &&
        selects(textMapAt(value, 'spec', 'selector', 'matchLabels'), pod.labels),
    ),
  ];
  for (const config of levels.flat()) type = textAt(config.value, 'spec', 'image', 'imageType') || type;
  const text = pod.annotations['proxy.istio.io/config'];
  if (text !== undefined) {
    for (const document of parseDocuments({ name: 'proxy.istio.io/config', text }))
      type = textAt(document.value, 'image', 'imageType') || type;
  }
  return typeof type !== 'string' || type === 'default' ? '' : type;
}
