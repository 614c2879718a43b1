// ST1147 and its milder sister ST1146: `image: auto` where nothing will fill it in (istio: pkg/config/analysis/analyzers/injection/image-auto.go). Without
// webhooks in the input those of Istio's charts count: the labels of the pod and of its Namespace decide, and where neither is known nothing is said.
import { lookup } from '../../../sim/lookup.js';
import type { PlainValue } from '../../config/document.js';
import { selects } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
import { dig, listAt, textAt, textMapAt, textsAt } from '../plain-access.js';
import { containersOf, isMade, type LintPod } from '../pods.js';
import type { Report } from '../report.js';
import type { Rule } from '../rule.js';

type Labels = Readonly<Record<string, string>>;

const SOURCE = 'istio: pkg/config/analysis/analyzers/injection/image-auto.go';

export const imageAuto: Rule = {
  code: 'ST1147',
  alias: 'IST0147',
  name: 'ImageAutoWithoutInjectionError',
  title: '`image: auto` of a Pod that no injection fills in',
  severity: 'error',
  why: '`auto` is a placeholder for the injector. A Pod that a cluster has already is past the injector, and labels can keep the injector from one that is yet to be made: the image that is asked for is then called `auto`.',
  help: 'let a Deployment make the pod, or name the image',
  source: SOURCE,
  check: (mesh, report) => check(mesh, report, true),
};

export const imageAutoOfWorkload: Rule = {
  code: 'ST1146',
  alias: 'IST0146',
  name: 'ImageAutoWithoutInjectionWarning',
  title: '`image: auto` of a workload that no injection fills in',
  severity: 'warning',
  why: '`auto` is a placeholder for the injector. The labels of the pods and of their Namespace, held against the webhooks of the input or those of the charts of Istio, keep the injector away: the image that is asked for is then called `auto`.',
  help: 'label the pod sidecar.istio.io/inject: "true", or name the image',
  source: SOURCE,
  check: (mesh, report) => check(mesh, report, false),
};

function check(mesh: LintMesh, report: Report, ofPods: boolean): void {
  for (const pod of mesh.pods) {
    const index = containersOf(pod).findIndex(
      (container) => textAt(container, 'name') === 'istio-proxy' && textAt(container, 'image') === 'auto',
    );
    if (index < 0 || pod.isPod !== ofPods || (!isMade(pod) && isInjected(mesh, pod) !== false)) continue;
    report(pod.object, [...pod.specPath, 'containers', index, 'image'], 'no injection fills in image: auto');
  }
}

/** Whether a webhook takes in pods that are yet to be made; null where the input cannot tell. */
function isInjected(mesh: LintMesh, pod: LintPod): boolean | null {
  const namespace = mesh.namespace(pod.namespace)?.labels;
  const webhooks = mesh
    .all('admissionregistration.k8s.io', 'MutatingWebhookConfiguration')
    .flatMap(({ value }) => listAt(value, 'webhooks'))
    .filter((webhook) => (textAt(webhook, 'name') ?? '').endsWith('istio.io'));
  if (webhooks.length > 0)
    return webhooks.some(
      (webhook) =>
        isSelected(dig(webhook, 'namespaceSelector'), namespace ?? {}) &&
        isSelected(dig(webhook, 'objectSelector'), pod.labels),
    );
  const wish = pod.labels['sidecar.istio.io/inject'];
  if (wish !== undefined) return wish === 'true';
  if (pod.labels['istio.io/rev'] !== undefined) return true;
  if (namespace === undefined) return null;
  return namespace['istio-injection'] === 'enabled' || namespace['istio.io/rev'] !== undefined;
}

/** metav1.LabelSelectorAsSelector; an absent selector takes everything. */
function isSelected(selector: PlainValue | undefined, labels: Labels): boolean {
  if (!selects(textMapAt(selector, 'matchLabels'), labels)) return false;
  return listAt(selector, 'matchExpressions').every((expression) => {
    const own = lookup(labels, textAt(expression, 'key') ?? '');
    const values = textsAt(expression, 'values');
    switch (textAt(expression, 'operator')) {
      case 'In':
        return own !== undefined && values.includes(own);
      case 'NotIn':
        return own === undefined || !values.includes(own);
      case 'Exists':
        return own !== undefined;
      case 'DoesNotExist':
        return own === undefined;
      default:
        return false;
    }
  });
}
