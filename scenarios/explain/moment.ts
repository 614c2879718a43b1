// A time of a scenario's timeline: which configuration the cluster has then, and which entries hold. Nothing is simulated: who has heard of a change, and
// which pods were drawn, only a run can tell.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import { formatDuration } from '../../models/config/duration.js';
import type { ResourceSet } from '../../models/config/load.js';
import type { MeshPlan, WorkloadPlan } from '../../models/plan/contract/plan.js';
import type { LinkEndPlan, TimelineAction, TimelineEntryPlan } from '../../models/plan/contract/timeline-plan.js';
import { COMMAND_LINE, type Condition, type Explanation, type Moment } from '../../models/plan/explain/index.js';
import type { ScenarioDocument } from '../document/schema.js';
import { type ConfigurationFiles, configurationsOf } from '../reading/configurations.js';
import { interpretScenario } from '../reading/interpret.js';
import { ScenarioReader } from '../reading/reader.js';
import { readTimeline } from '../reading/timeline.js';

/** A scenario with its mesh, as they are written. */
export interface Written {
  readonly raw: RawDocument;
  readonly document: ScenarioDocument;
  readonly resources: ResourceSet;
  /** null: nobody has read what the timeline applies. */
  readonly files: ConfigurationFiles | null;
}

export interface PlanAt {
  /** The YAML that the cluster has then. */
  readonly resources: ResourceSet;
  /** What holds then, without a word of whose way it is on; null where a diagnostic is an error. */
  readonly moment: Omit<Moment, 'conditions'> | null;
  readonly conditionsOn: (explanation: Explanation) => readonly Condition[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What is over at once is told for so long. */
const JUST_NOW_NS = 30e9;
const NS_PER_SECOND = 1e9;

/** @param atNs after the end of the warm-up */
export function planAt({ raw, document, resources, files }: Written, atNs: number): PlanAt {
  const { plan, scenario, diagnostics } = interpretScenario(raw, document, resources, {}, files);
  const failed = (problems: readonly Diagnostic[]): PlanAt => {
    return { resources, moment: null, conditionsOn: () => [], diagnostics: problems };
  };
  if (plan === null || scenario === null) return failed(diagnostics.filter(({ severity }) => severity === 'error'));
  const { durationNs } = scenario.run;
  if (atNs >= durationNs) {
    const [at, end] = [atNs, durationNs].map(formatDuration);
    return failed([aboutQuestion(`at ${at} the run is over: it ends at ${end}`, 'give a time within the run')]);
  }
  const changes = (plan.configurations?.changes ?? []).filter((change) => change.atNs <= atNs);
  const last = changes.at(-1);
  const reader = new ScenarioReader(raw, 'Scenario');
  const timeline = readTimeline(reader, document.spec ?? {}, durationNs, files);
  const versions = configurationsOf(reader, timeline, resources, files)?.later ?? [];
  const version = last?.version ?? 0;
  return {
    resources: version === 0 ? resources : (versions[version - 1] ?? resources),
    moment: {
      seconds: atNs / NS_PER_SECOND,
      configuration: { version, sinceSeconds: last === undefined ? null : last.atNs / NS_PER_SECOND },
    },
    conditionsOn: (explanation) => conditionsAt(plan, atNs, explanation),
    diagnostics: [],
  };
}

function aboutQuestion(message: string, hint: string): Diagnostic {
  const position = { file: COMMAND_LINE, line: 1, column: 1 };
  return { code: 'wrong-time', severity: 'error', position, message, hint };
}

/** In the order of the timeline. */
function conditionsAt(plan: MeshPlan, atNs: number, explanation: Explanation): Condition[] {
  const way = workloadsOn(explanation);
  return plan.timeline.flatMap((entry): Condition[] => {
    const { name, position, rampNs, action } = entry;
    const held = heldAt(entry, atNs);
    if (held === null) return [];
    const { beginNs, endNs } = held;
    const growth = rampNs === 0 || beginNs === null ? 1 : Math.min(1, (atNs - beginNs) / rampNs);
    return [
      {
        ...{ name, position, growth },
        sinceSeconds: beginNs === null ? null : beginNs / NS_PER_SECOND,
        untilSeconds: Number.isFinite(endNs) ? endNs / NS_PER_SECOND : null,
        isOnWay: isOnWay(plan, action, way),
      },
    ];
  });
}

/** The last time that an entry has begun, if it holds still or was over at once just now. `beginNs` null: before the run. */
function heldAt({ startsNs, durationNs }: TimelineEntryPlan, atNs: number) {
  if (startsNs.length === 0) return { beginNs: null, endNs: Number.POSITIVE_INFINITY };
  const beginNs = startsNs.findLast((startNs) => startNs <= atNs);
  if (beginNs === undefined) return null;
  const endNs = durationNs === null ? Number.POSITIVE_INFINITY : beginNs + durationNs;
  const isHeld = atNs < endNs || (durationNs === 0 && atNs - beginNs < JUST_NOW_NS);
  return isHeld ? { beginNs, endNs } : null;
}

/** Names of the workloads through whose proxies and pods the request may go. */
function workloadsOn({ from, hops }: Explanation): ReadonlySet<string> {
  const names = new Set([from]);
  for (const { proxy, route } of hops) {
    names.add(proxy.workload);
    for (const { endpoints } of [...route.destinations, ...route.mirrors])
      for (const { workload, behind } of endpoints)
        for (const name of [workload, ...behind.map((own) => own.workload)]) names.add(name);
  }
  return names;
}

function isOnWay({ workloads }: MeshPlan, action: TimelineAction, way: ReadonlySet<string>): boolean {
  const isMet = ({ name, namespace }: WorkloadPlan): boolean => way.has(`${name}.${namespace}`);
  const met = workloads.filter(isMet);
  const meets = ({ workloads: own, localities }: LinkEndPlan): boolean =>
    own === null && localities === null
      ? true
      : met.some((workload) => {
          if (own !== null && !own.includes(workloads.indexOf(workload))) return false;
          return localities === null || workload.podLocalities.some((locality) => localities.includes(locality));
        });
  switch (action.kind) {
    case 'pods':
      return action.target.workloads.some((workload) => isMet(workloads[workload]!));
    case 'dns':
    case 'restart':
    case 'scale':
      return action.workloads.some((workload) => isMet(workloads[workload]!));
    case 'link':
      return meets(action.from) && meets(action.to);
    // Which pods stand on a node, only a run can tell.
    case 'nodes':
    case 'configuration':
    case 'istiod':
      return true;
    case 'traffic':
    case 'clients':
      return false;
  }
}
