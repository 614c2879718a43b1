// The HorizontalPodAutoscalers of the YAML: those that act in a run, with what a run needs of them, and what is said of all others.
// k8s: pkg/apis/autoscaling/v2/defaults.go, pkg/controller/podautoscaler/horizontal.go (of two that scale the same pods, neither acts).
import type { ScalingMetric, ScalingRules as WrittenRules } from '../../config/kinds/horizontal-pod-autoscaler.js';
import type { ResourceSet } from '../../config/load.js';
import type { FieldPath } from '../../config/resource.js';
import {
  completeBehavior,
  DEFAULT_METRICS,
  type HpaMetric,
  type HpaSpec,
  type ObjectTarget,
  type ResourceTarget,
  type ScalingRules,
} from '../../kubernetes/autoscaling/hpa-spec.js';
import { finder } from '../../list-index.js';
import type { AutoscalerPlan, ContainerPlan } from '../contract/autoscaler-plan.js';
import type { WorkloadPlan } from '../contract/plan.js';
import type { Workload, Workloads } from '../registry/workload.js';
import type { PlanInput } from '../settings/input.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import { writtenAt } from '../terms/field-source.js';
import type { Findings } from '../terms/findings.js';
import { containersOf } from './container-requests.js';

const S = 1_000_000_000;
/** Names that metrics of requests per second have, as adapters and their manuals call them. */
const REQUEST_RATE = /^(?:[a-z]+_)*(?:requests?[_-]per[_-]second|rps|qps)$|^http_requests$/i;

type Scaler = ResourceSet['horizontalPodAutoscalers'][number];

const scaling = finder<Scaler>((scaler) => [targetOf(scaler)]);

/** What the number of pods that an autoscaler may ask for is at most; 0 where none scales the workload. */
export function maxReplicasOf(workload: Workload, resources: ResourceSet): number {
  const scalers = scaling(resources.horizontalPodAutoscalers, workload.resource);
  return scalers.length === 1 ? scalers[0]!.spec.maxReplicas : 0;
}

function targetOf({ namespace, spec: { scaleTargetRef } }: Scaler): string {
  return `${scaleTargetRef.kind} ${namespace}/${scaleTargetRef.name}`;
}

/** Those that act, in the order of the YAML. */
export function autoscalerPlans(
  resources: ResourceSet,
  workloads: Workloads,
  plans: readonly WorkloadPlan[],
  { input, mesh }: { readonly input: PlanInput; readonly mesh: MeshSettings },
  findings: Findings,
): AutoscalerPlan[] {
  const scalers = resources.horizontalPodAutoscalers;
  return scalers.flatMap((scaler) => {
    const target = targetOf(scaler);
    const named = workloads.named(`${scaler.namespace}/${scaler.spec.scaleTargetRef.name}`);
    const workload = named.find(({ resource, pod }) => pod !== null && resource === target);
    if (input.autoscaling !== true || workload === undefined) {
      noteStill(scaler, findings);
      return [];
    }
    if (scaling(scalers, target).length > 1) {
      note(scaler, ['spec', 'scaleTargetRef'], AMBIGUOUS, findings);
      noteStill(scaler, findings);
      return [];
    }
    const containers = containersOf(workload, mesh);
    const spec = specOf(scaler, containers, plans[workload.index]!, findings);
    if (spec === null) {
      noteStill(scaler, findings);
      return [];
    }
    const { kind, pod } = workload;
    if (kind === 'app' && (pod?.containers.length ?? 0) > 1 && containers.filter(isOwn).length > 1) {
      note(scaler, ['spec', 'metrics'], SEVERAL_CONTAINERS, findings);
    }
    return [
      {
        name: `${scaler.kind} ${scaler.namespace}/${scaler.name}`,
        position: scaler.source.at([]),
        workload: workload.index,
        spec,
        containers,
      },
    ];
  });
}

const AMBIGUOUS = 'another HorizontalPodAutoscaler has the same target: Kubernetes lets neither of them act';
const SEVERAL_CONTAINERS = 'the first container of the application is taken to use all of its CPU and memory';
const RATE = 'taken to be the requests per second that come to the pods, over the last 15 s';
const BOUND = 'the number of replicas is kept within the bounds, and then stays as it is';
const NOT_SCALED = 'autoscaling is not simulated: the number of replicas stays as it is';
const NOT_KNOWN = 'a run does not know this metric: the others decide';

function isOwn({ runs }: ContainerPlan): boolean {
  return runs !== 'proxy';
}

/** What an autoscaler that does not act leaves without effect. */
function noteStill({ kind, namespace, name, source }: Scaler, findings: Findings): void {
  const resource = `${kind} ${namespace}/${name}`;
  for (const field of ['minReplicas', 'maxReplicas']) {
    if (writtenAt(source, ['spec', field]) === null) continue;
    findings.approximated(resource, `spec.${field}`, source.at(['spec', field]), BOUND);
  }
  for (const field of ['metrics', 'targetCPUUtilizationPercentage', 'behavior']) {
    if (writtenAt(source, ['spec', field]) === null) continue;
    findings.notModelled(resource, `spec.${field}`, source.at(['spec', field]), NOT_SCALED);
  }
}

function note({ kind, namespace, name, source }: Scaler, path: FieldPath, meaning: string, findings: Findings): void {
  findings.approximated(`${kind} ${namespace}/${name}`, pathText(path), source.at(path), meaning);
}

function pathText(path: FieldPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** null: none of its metrics is known. */
function specOf(
  scaler: Scaler,
  containers: readonly ContainerPlan[],
  plan: WorkloadPlan,
  findings: Findings,
): HpaSpec | null {
  const { minReplicas, maxReplicas, metrics, hasBehavior, scaleUp, scaleDown } = scaler.spec;
  const known = metrics.flatMap((metric, index): HpaMetric[] => {
    const found = metricOf(metric, containers, plan);
    const at: FieldPath = ['spec', 'metrics', index];
    const { kind, namespace, name, source } = scaler;
    if (found === null) findings.notModelled(`${kind} ${namespace}/${name}`, pathText(at), source.at(at), NOT_KNOWN);
    else if (found.kind !== 'resource') note(scaler, at, RATE, findings);
    return found === null ? [] : [found];
  });
  if (maxReplicas < 1 || (metrics.length > 0 && known.length === 0)) return null;
  const behavior = { scaleUp: rulesOf(scaleUp), scaleDown: rulesOf(scaleDown) };
  return {
    minReplicas: minReplicas ?? 1,
    maxReplicas,
    metrics: metrics.length === 0 ? DEFAULT_METRICS : known,
    behavior: hasBehavior ? completeBehavior(behavior) : null,
  };
}

/** The rules that are written; an empty list of policies is as good as none. */
function rulesOf(written: WrittenRules | null): Partial<ScalingRules> {
  if (written === null) return {};
  const { stabilizationWindowSeconds, selectPolicy, policies, toleranceMilli } = written;
  return {
    ...(stabilizationWindowSeconds === null ? {} : { stabilizationNs: stabilizationWindowSeconds * S }),
    ...(selectPolicy === null ? {} : { selectPolicy }),
    ...(policies.length === 0
      ? {}
      : {
          policies: policies.map(({ type, value, periodSeconds }) => ({
            kind: type,
            value,
            periodNs: periodSeconds * S,
          })),
        }),
    ...(toleranceMilli === null ? {} : { tolerance: toleranceMilli / 1000 }),
  };
}

/** null: a run does not know it. */
function metricOf(metric: ScalingMetric, containers: readonly ContainerPlan[], plan: WorkloadPlan): HpaMetric | null {
  const { type, name, container } = metric;
  switch (type) {
    case 'Resource':
    case 'ContainerResource': {
      const target = resourceTarget(metric);
      const isContainer = type === 'ContainerResource';
      if (target === null || (name !== 'cpu' && !(name === 'memory' && knowsMemory(plan)))) return null;
      if (isContainer && !containers.some((one) => one.name === container)) return null;
      return { kind: 'resource', resource: name, container: isContainer ? container : null, target };
    }
    case 'Pods':
      if (!REQUEST_RATE.test(name) || metric.averageValueMilli === null) return null;
      return { kind: 'pods', targetMilli: metric.averageValueMilli };
    case 'Object':
    case 'External': {
      const target = objectTarget(metric);
      if (!REQUEST_RATE.test(name) || target === null) return null;
      return { kind: type === 'Object' ? 'object' : 'external', target };
    }
  }
}

function resourceTarget({ averageUtilizationPercent, averageValueMilli }: ScalingMetric): ResourceTarget | null {
  if (averageUtilizationPercent !== null) return { kind: 'utilization', percent: averageUtilizationPercent };
  return averageValueMilli === null ? null : { kind: 'averageValue', milli: averageValueMilli };
}

function objectTarget({ averageValueMilli, valueMilli }: ScalingMetric): ObjectTarget | null {
  if (averageValueMilli !== null) return { kind: 'averageValue', milli: averageValueMilli };
  return valueMilli === null ? null : { kind: 'value', milli: valueMilli };
}

function knowsMemory({ kind, app, proxy }: WorkloadPlan): boolean {
  return (kind !== 'app' || app.memory !== null) && (proxy === null || proxy.memory !== null);
}
