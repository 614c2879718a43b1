// Telemetry resources (istio: pkg/config/analysis/analyzers/telemetry/): ST1157 no provider, ST1159 and ST1160 several for one pod, ST1906
// none for any.
import { selectsNothing } from '../machines.js';
import { type LintMesh, TELEMETRY } from '../mesh.js';
import { distinctNames, type LintObject } from '../object.js';
import { dig, listAt, mapAt, selectorText, textMapAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/telemetry/';
const SELECTOR = ['spec', 'selector'];

function telemetries(mesh: LintMesh): readonly LintObject[] {
  return mesh.all(TELEMETRY, 'Telemetry');
}

/** Those that are for pods by labels or by namespace; one with a targetRef is for what that names (istio: pilot/pkg/model/policyattachment.go). */
function forPods(mesh: LintMesh): readonly LintObject[] {
  return telemetries(mesh).filter(
    (object) =>
      !mesh.isRefused(object) &&
      mapAt(object.value, 'spec', 'targetRef') === null &&
      listAt(object.value, 'spec', 'targetRefs').length === 0,
  );
}

function selectorOf(object: LintObject): Readonly<Record<string, string>> {
  return textMapAt(object.value, 'spec', 'selector', 'matchLabels');
}

export const telemetryProvider: Rule = {
  code: 'ST1157',
  alias: 'IST0157',
  name: 'InvalidTelemetryProvider',
  title: 'access logs that go nowhere',
  severity: 'warning',
  why: 'A Telemetry without a provider uses the default provider of the mesh, and the mesh has none: nothing is logged.',
  help: 'name a provider, e.g. envoy, or set defaultProviders of the mesh',
  source: `${SOURCE}providers.go`,
  check(mesh, report) {
    const defaults = mesh.setting('defaultProviders', 'accessLogging');
    if (Array.isArray(defaults) && defaults.length > 0) return;
    for (const object of telemetries(mesh)) {
      listAt(object.value, 'spec', 'accessLogging').forEach((entry, index) => {
        if (dig(entry, 'disabled') === true || listAt(entry, 'providers').length > 0) return;
        report(object, ['spec', 'accessLogging', index], 'no provider is named, and the mesh has no default');
      });
    }
  },
};

export const multipleTelemetries: Rule = {
  code: 'ST1160',
  alias: 'IST0160',
  name: 'MultipleTelemetriesWithoutWorkloadSelectors',
  title: 'two Telemetries for a whole namespace',
  severity: 'error',
  why: 'The oldest holds, and the others do nothing.',
  help: 'merge them, or give the others a selector',
  source: `${SOURCE}default_selector.go`,
  check(mesh, report) {
    const byNamespace = new Map<string, LintObject[]>();
    for (const object of forPods(mesh)) {
      if (mapAt(object.value, 'spec', 'selector') !== null) continue;
      byNamespace.set(object.namespace, [...(byNamespace.get(object.namespace) ?? []), object]);
    }
    for (const found of byNamespace.values()) {
      if (distinctNames(found).length < 2) continue;
      const names = distinctNames(found).join(', ');
      for (const object of found) report(object, ['metadata', 'name'], `${names} are all for the whole namespace`);
    }
  },
};

export const telemetrySelectsNothing: Rule = {
  code: 'ST1906',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'a Telemetry that selects no pod',
  severity: 'error',
  why: 'It does nothing.',
  help: 'give the selector the labels of pods of its namespace',
  source: `${SOURCE}selector.go`,
  check(mesh, report) {
    for (const object of telemetries(mesh)) {
      const selector = selectorOf(object);
      if (Object.keys(selector).length > 0 && selectsNothing(mesh, selector, object.namespace))
        report(object, SELECTOR, `no pod of its namespace has the labels ${selectorText(selector)}`);
    }
  },
};

export const conflictingTelemetries: Rule = {
  code: 'ST1159',
  alias: 'IST0159',
  name: 'ConflictingTelemetryWorkloadSelectors',
  title: 'two Telemetries for one pod',
  severity: 'error',
  why: 'The oldest holds for the pod, and the others do nothing for it.',
  help: 'let each pod be selected by one Telemetry',
  source: `${SOURCE}selector.go`,
  check(mesh, report) {
    const byPod = new Map<LintObject, LintObject[]>();
    for (const object of forPods(mesh)) {
      const selector = selectorOf(object);
      if (Object.keys(selector).length === 0) continue;
      for (const pod of mesh.selected(selector, object.namespace))
        byPod.set(pod.object, [...(byPod.get(pod.object) ?? []), object]);
    }
    for (const [pod, found] of byPod) {
      if (distinctNames(found).length < 2) continue;
      const names = distinctNames(found).join(', ');
      for (const object of found) report(object, SELECTOR, `${names} select the same pod ${pod.name}`);
    }
  },
};
