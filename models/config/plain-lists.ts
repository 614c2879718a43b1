// Lists that teams keep beside their manifests, in documents without apiVersion and kind: how the mesh is introduced, what automation does,
// when somebody is woken. They are read and checked like manifests; no run follows them yet.
import type { FidelityEntry } from './diagnostic.js';
import { fieldOf, isPlainMap, type PlainValue, type RawDocument } from './document.js';
import { withoutEffectYet } from './kinds/later.js';
import { namedAlert, type PrometheusRule } from './kinds/prometheus-rules.js';
import { Findings, INVALID, Place } from './place.js';
import { natural, string, strings } from './scalars.js';
import { defaulted, inert, listOf, mapOf, object, optional, required, type Schema } from './schema.js';

export interface AdoptionPhase {
  readonly duration: string;
  readonly scope: string;
  readonly objectives: readonly string[];
  readonly successCriteria: readonly string[];
}

export interface ProbeTimes {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

/** null: nothing is said about it. */
export interface AutomationPolicies {
  readonly scaling: {
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly targetCpuUtilizationPercent: number | null;
  } | null;
  readonly readinessProbe: ProbeTimes | null;
  readonly livenessProbe: ProbeTimes | null;
  readonly rollout: {
    readonly type: string;
    readonly maxSurge: number | string | null;
    readonly maxUnavailable: number | string | null;
  } | null;
  readonly revisionHistoryLimit: number | null;
  readonly terminationGracePeriodSeconds: number | null;
}

/** What the documents without a kind say, by the name of their field. */
export type PlainList =
  | { readonly name: 'adoption_phases'; readonly value: Readonly<Record<string, AdoptionPhase>> }
  | { readonly name: 'automation_policies'; readonly value: AutomationPolicies }
  | { readonly name: 'alerting_rules'; readonly value: Readonly<Record<string, readonly PrometheusRule[]>> };

const phases = withoutEffectYet(
  mapOf(
    'phases',
    object<AdoptionPhase>(
      'a phase of adoption',
      {
        duration: defaulted('duration', string, ''),
        scope: defaulted('scope', string, ''),
        objectives: defaulted('objectives', strings, []),
        successCriteria: defaulted('success_criteria', strings, []),
      },
      { others: inert('name', 'description', 'risks', 'owner') },
    ),
  ),
  'the phases are not simulated: the mesh is as its manifests say',
);

/** As Kubernetes has it where nothing is said. */
const probe: Schema<ProbeTimes> = object<ProbeTimes>(
  'the times of a probe',
  {
    initialDelaySeconds: defaulted('initial_delay_seconds', natural, 0),
    periodSeconds: defaulted('period_seconds', natural, 10),
    timeoutSeconds: defaulted('timeout_seconds', natural, 1),
    failureThreshold: defaulted('failure_threshold', natural, 3),
  },
  { others: inert('success_threshold') },
);

interface WrittenPolicies {
  readonly scaling: { readonly autoscaler: AutomationPolicies['scaling'] };
  readonly healing: Pick<AutomationPolicies, 'readinessProbe' | 'livenessProbe'>;
  readonly update: { readonly strategy: WrittenStrategy | null };
  readonly cleanup: Pick<AutomationPolicies, 'revisionHistoryLimit' | 'terminationGracePeriodSeconds'>;
}

interface WrittenStrategy {
  readonly type: string;
  readonly rollingUpdate: {
    readonly maxSurge: number | string | null;
    readonly maxUnavailable: number | string | null;
  };
}

/** Pods, or a share such as 25%. */
const amount: Schema<number | string> = {
  expected: 'a number of pods or a percentage such as 25%',
  read: (value, place) =>
    typeof value === 'string' && /^\d+%$/.test(value)
      ? value
      : typeof value === 'number'
        ? natural.read(value, place)
        : place.wrongType(value, 'a number of pods or a percentage such as 25%', 'write 1 or 25%'),
};

const NO_AMOUNTS = { maxSurge: null, maxUnavailable: null };

const writtenPolicies = object<WrittenPolicies>('the policies of automation', {
  scaling: defaulted(
    'auto_scaling',
    object<WrittenPolicies['scaling']>('automatic scaling', {
      autoscaler: optional(
        'horizontal_pod_autoscaler',
        object<NonNullable<AutomationPolicies['scaling']>>('a horizontal autoscaler', {
          minReplicas: defaulted('min_replicas', natural, 1),
          maxReplicas: required('max_replicas', natural),
          targetCpuUtilizationPercent: optional('target_cpu_utilization_percentage', natural),
        }),
      ),
    }),
    { autoscaler: null },
  ),
  healing: defaulted(
    'auto_healing',
    object<WrittenPolicies['healing']>('automatic healing', {
      readinessProbe: optional('readiness_probe', probe),
      livenessProbe: optional('liveness_probe', probe),
    }),
    { readinessProbe: null, livenessProbe: null },
  ),
  update: defaulted(
    'auto_update',
    object<WrittenPolicies['update']>('automatic updates', {
      strategy: optional(
        'rollout_strategy',
        object<WrittenStrategy>('a strategy of roll-outs', {
          type: defaulted('type', string, 'RollingUpdate'),
          rollingUpdate: defaulted(
            'rollingUpdate',
            object<WrittenStrategy['rollingUpdate']>('a rolling update', {
              maxSurge: optional('maxSurge', amount),
              maxUnavailable: optional('maxUnavailable', amount),
            }),
            NO_AMOUNTS,
          ),
        }),
      ),
    }),
    { strategy: null },
  ),
  cleanup: defaulted(
    'auto_cleanup',
    object<WrittenPolicies['cleanup']>('automatic cleaning', {
      revisionHistoryLimit: optional('revision_history_limit', natural),
      terminationGracePeriodSeconds: optional('termination_grace_period_seconds', natural),
    }),
    { revisionHistoryLimit: null, terminationGracePeriodSeconds: null },
  ),
});

const policies: Schema<AutomationPolicies> = withoutEffectYet(
  {
    expected: writtenPolicies.expected,
    read(value, place) {
      const read = writtenPolicies.read(value, place);
      if (read === INVALID) return INVALID;
      const { scaling, healing, update, cleanup } = read;
      const { autoscaler } = scaling;
      if (autoscaler !== null && autoscaler.minReplicas > autoscaler.maxReplicas) {
        place
          .down('auto_scaling', 'horizontal_pod_autoscaler', 'min_replicas')
          .warn('min-above-max', 'there are never so many replicas', 'give at most max_replicas');
      }
      const rollout =
        update.strategy === null ? null : { type: update.strategy.type, ...update.strategy.rollingUpdate };
      return { scaling: autoscaler, ...healing, rollout, ...cleanup };
    },
  },
  'these policies belong to no workload: those of the manifests hold',
);

const alerts = withoutEffectYet(
  mapOf('lists of alerting rules', listOf('alerting rules', namedAlert)),
  'rules are read and checked, but not evaluated: no alert fires in a run; requests are not affected',
);

type Reader = (value: PlainValue, place: Place) => PlainList | typeof INVALID;

function named<Name extends PlainList['name']>(
  name: Name,
  schema: Schema<Extract<PlainList, { name: Name }>['value']>,
): readonly [Name, Reader] {
  const read: Reader = (value, place) => {
    const found = schema.read(value, place);
    return found === INVALID ? INVALID : ({ name, value: found } as PlainList);
  };
  return [name, read];
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  named('adoption_phases', phases),
  named('automation_policies', policies),
  named('alerting_rules', alerts),
]);

export interface ReadPlainLists extends Pick<Findings, 'diagnostics'> {
  readonly lists: readonly PlainList[];
  readonly fidelity: readonly FidelityEntry[];
}

/** The lists of a document without a kind, or null where it holds none. A field beside them is a warning. */
export function readPlainLists(document: RawDocument, strict: boolean): ReadPlainLists | null {
  const { value } = document;
  if (!isPlainMap(value)) return null;
  const names = Object.keys(value);
  const first = names.find((name) => READERS.has(name));
  if (first === undefined) return null;
  const findings = new Findings(document, [], first, strict);
  const root = Place.root(findings);
  const lists: PlainList[] = [];
  for (const name of names) {
    const reader = READERS.get(name);
    if (reader === undefined) {
      root.child(name).complain('unknown-field', `a document of lists has no field "${name}"`, known());
      root.child(name).notModelled('nothing reads it');
      continue;
    }
    const read = reader(fieldOf(value, name)!, root.child(name));
    if (read !== INVALID) lists.push(read);
  }
  return { lists, diagnostics: findings.diagnostics, fidelity: findings.fidelity };
}

function known(): string {
  return `such documents have ${[...READERS.keys()].join(', ')}`;
}
