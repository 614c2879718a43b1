// What a workload's proxy is told to observe, and what that costs it after each response: access logs, spans and their tags, metrics.
// istio: pilot/pkg/model/telemetry.go (AccessLogging, Tracing, mergeLogs, mergeMetrics). The costs are engineering estimates (istio.io:
// docs/ops/deployment/performance-and-scalability quantifies access logs for 0.8 alone: they doubled the CPU).
import type { MetricsOverride, TelemetrySpec } from '../../config/kinds/telemetry.js';
import type { ResourceSet } from '../../config/load.js';
import { listIndex } from '../../list-index.js';
import type { ObservationPlan } from '../contract/observation-plan.js';
import { expressionsOf, holdsFor, metricsOf, type Role } from '../contract/standard-metrics.js';
import type { Workload } from '../registry/workload.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { firstOfAll, firstSelecting } from '../terms/label-index.js';

/** CPU of a line of the access log, 0.03 to 0.05 ms; of a span; and of Istio's own metrics, which the cost of a proxy holds already. */
const LOG_CPU_NS = 40_000;
const SPAN_CPU_NS = 50_000;
const METRICS_CPU_NS = 70_000;
/** Of a tag more on a span, and of an expression whose value becomes a tag of a metric: estimates too. */
const SPAN_TAG_CPU_NS = 500;
const EXPRESSION_CPU_NS = 1_000;

export interface Observations {
  readonly outbound: ObservationPlan;
  readonly inbound: ObservationPlan;
}

type TelemetryResource = ResourceSet['telemetries'][number];

/** Providers that every mesh has (istio: pkg/config/mesh/mesh.go). */
const BUILT_IN = ['envoy', 'prometheus', 'stackdriver'];

export function observations(
  workload: Pick<Workload, 'namespace' | 'labels'>,
  resources: Pick<ResourceSet, 'telemetries'>,
  mesh: MeshSettings,
): Observations {
  const levels = levelsOf(workload, resources, mesh);
  return { outbound: observationAs('CLIENT', levels, mesh), inbound: observationAs('SERVER', levels, mesh) };
}

const ofPods = listIndex<TelemetryResource, readonly TelemetryResource[]>((list) =>
  list.filter(({ spec }) => spec.targetRefs.length === 0),
);

/** One Telemetry a level, the widest first: of the root namespace, of the namespace, of the workload; the oldest of each. */
function levelsOf(
  { namespace, labels }: Pick<Workload, 'namespace' | 'labels'>,
  { telemetries }: Pick<ResourceSet, 'telemetries'>,
  { rootNamespace }: MeshSettings,
): TelemetrySpec[] {
  const applicable = ofPods(telemetries);
  const wide = (of: string) => firstOfAll(applicable, of);
  const own = firstSelecting(applicable, namespace, labels);
  const found = namespace === rootNamespace ? [wide(namespace), own] : [wide(rootNamespace), wide(namespace), own];
  return found.flatMap((telemetry) => (telemetry === undefined ? [] : [telemetry.spec]));
}

function observationAs(role: Role, levels: readonly TelemetrySpec[], mesh: MeshSettings): ObservationPlan {
  const logs = accessLogs(role, levels, mesh);
  const sampledShare = samplingPercent(role, levels, mesh) / 100;
  const spanNs = sampledShare * (SPAN_CPU_NS + spanTags(role, levels) * SPAN_TAG_CPU_NS);
  const areOff = metricsAreOff(role, levels) || !toPrometheus(levels, mesh);
  const metrics = areOff ? [] : metricsOf(role, overridesOf(levels));
  const metricsNs = areOff ? -METRICS_CPU_NS : expressionsOf(metrics) * EXPRESSION_CPU_NS;
  return { cpuNs: logs * LOG_CPU_NS + Math.round(spanNs) + metricsNs, logs, sampledShare, metrics };
}

/** Tags of the user's own on each span: a deeper level replaces them as a whole. */
export function spanTags(role: Role, levels: readonly TelemetrySpec[]): number {
  const rules = levels.flatMap((level) => level.tracing).filter(({ mode }) => holdsFor(mode, role));
  return rules.findLast(({ customTags }) => customTags !== null)?.customTags?.length ?? 0;
}

/** Whether the metrics go to a Prometheus: the last level that names providers says where. */
function toPrometheus(levels: readonly TelemetrySpec[], mesh: MeshSettings): boolean {
  const named = levels.flatMap((level) => level.metrics).findLast(({ providers }) => providers.length > 0)?.providers;
  const defaults = mesh.defaultProviders.metrics;
  return (named ?? (defaults.length === 0 ? ['prometheus'] : defaults)).some(
    (name) =>
      name === 'prometheus' || mesh.extensionProviders.some((own) => own.name === name && own.kind === 'prometheus'),
  );
}

function overridesOf(levels: readonly TelemetrySpec[]): MetricsOverride[] {
  return levels.flatMap((level) => level.metrics.flatMap((rule) => rule.overrides));
}

/** How many logs a line goes to. Without any Telemetry about logs, and without default providers, it is the file of the mesh. */
export function accessLogs(role: Role, levels: readonly TelemetrySpec[], mesh: MeshSettings): number {
  const logging = levels.map((level) => level.accessLogging).filter((rules) => rules.length > 0);
  const defaults = mesh.defaultProviders.accessLogging;
  if (logging.length === 0 && defaults.length === 0) return mesh.accessLogFile === '' ? 0 : 1;
  if (logging.length === 0) return known(defaults, mesh).length;
  let inScope = defaults;
  for (const rules of logging) {
    const named = rules.filter(({ mode }) => holdsFor(mode, role)).flatMap(({ providers }) => providers);
    if (named.length > 0) inScope = named;
  }
  const enabled = new Set<string>();
  let parents = defaults;
  for (const rule of logging.flat()) {
    if (rule.providers.length > 0) parents = rule.providers;
    if (!holdsFor(rule.mode, role)) continue;
    for (const provider of parents) {
      if (rule.disabled) enabled.delete(provider);
      else if (inScope.includes(provider)) enabled.add(provider);
    }
  }
  return known([...enabled], mesh).length;
}

/** Percent of the requests for which a span is reported; 0 without a provider. */
export function samplingPercent(role: Role, levels: readonly TelemetrySpec[], mesh: MeshSettings): number {
  const rules = levels.flatMap((level) => level.tracing);
  let providers = mesh.defaultProviders.tracing;
  let sampling: number | null = null;
  let disabled = false;
  for (const rule of rules) {
    if (rule.providers.length > 0) providers = rule.providers;
    if (!holdsFor(rule.mode, role)) continue;
    sampling = rule.sampling ?? sampling;
    disabled = rule.disabled ?? disabled;
  }
  if (disabled) return 0;
  const traces =
    providers.length > 0 ? known(providers.slice(0, 1), mesh).length > 0 : rules.length === 0 && legacy(mesh);
  return traces ? (sampling ?? mesh.sampling) : 0;
}

/** Before Telemetry there was a tracer in the configuration of the proxies. */
function legacy({ enableTracing, hasTracer }: MeshSettings): boolean {
  return enableTracing && hasTracer;
}

/** The filter of Istio's metrics is not there where all of them are off. */
export function metricsAreOff(role: Role, levels: readonly TelemetrySpec[]): boolean {
  let off = false;
  for (const { mode, metric, disabled } of overridesOf(levels)) {
    if (disabled === null || !holdsFor(mode, role)) continue;
    if (metric === null) off = disabled;
    else if (!disabled) off = false;
  }
  return off;
}

function known(names: readonly string[], { extensionProviders }: MeshSettings): readonly string[] {
  return names.filter(
    (name) => BUILT_IN.includes(name) || extensionProviders.some((provider) => provider.name === name),
  );
}
