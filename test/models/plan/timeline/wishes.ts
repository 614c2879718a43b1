// A mesh with zones, hosts outside and traffic, and entries of a timeline that are about it: what the tests of timelines share.
import { expect } from 'vitest';
import type { PodFaultPlan, PodTargetPlan, TimelineEntryPlan } from '../../../../models/plan/contract/timeline-plan.js';
import type {
  LinkEndInput,
  Named,
  PodTargetInput,
  TimelineActionInput,
  TimelineInput,
} from '../../../../models/plan/settings/timeline-input.js';
import { AT, call, compile, deployment, istio, MS, planOf, service, WORK, withCluster } from '../support.js';

export const ENTRY_AT = { file: 'scenario.yaml', line: 2, column: 1 };

/**
 * Beside the cluster of the tests: another workload `two` in c, one that is pinned to a zone, one without pods, a host outside in a place of its
 * own and a host without a place.
 */
export const MESH = withCluster(
  deployment('two', 'c', { app: 'two', version: 'v9', tier: 'gold' }, 3),
  service('two', 'c', ['{ name: http, port: 80 }']),
  deployment(
    'far',
    'c',
    { app: 'far', 'topology.kubernetes.io/zone': 'r2-x', 'topology.kubernetes.io/region': 'r2' },
    1,
  ),
  deployment('nobody', 'c', { app: 'nobody' }, 0),
  service('nobody', 'c', ['{ name: http, port: 80 }']),
  service('empty', 'c', ['{ name: http, port: 80 }']),
  istio(
    'ServiceEntry',
    'partner',
    'b',
    '{ hosts: [api.partner.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{ number: 80, name: http, protocol: HTTP }] }',
  ),
);
export const ZONES = [
  { region: 'r1', zone: 'r1-a' },
  { region: 'r1', zone: 'r1-b' },
];

export function wish(timeline: readonly TimelineInput[]) {
  return {
    yaml: MESH,
    services: { 'web.b': { steps: [WORK, call('http://api.partner.com/'), call('http://api.pay.example/')] } },
    input: { timeline, placement: ZONES },
  };
}

export function named(name: string, column = 1): Named {
  return { name, at: { ...AT, column } };
}

export function entry(action: TimelineActionInput, more: Partial<TimelineInput> = {}): TimelineInput {
  return { name: 'it', at: ENTRY_AT, startsNs: [MS], durationNs: 2 * MS, rampNs: 0, action, ...more };
}

export function pods(target: Partial<PodTargetInput>, fault: PodFaultPlan = { kind: 'kill' }): TimelineInput {
  return entry({ kind: 'pods', target: { pods: { kind: 'all' }, ...target }, fault });
}

export const PARTITION = { kind: 'partition' } as const;
export function link(from: LinkEndInput | null, to: LinkEndInput | null): TimelineInput {
  return entry({ kind: 'link', from, to, bothWays: true, fault: PARTITION });
}

export const plan = planOf(wish([]));
export const nameOf = (index: number): string => `${plan.workloads[index]!.name}.${plan.workloads[index]!.namespace}`;
export const zoneOf = (index: number): string => plan.localities[index]!.zone;

export function only(one: TimelineInput): TimelineEntryPlan {
  const { timeline } = planOf(wish([one]));
  expect(timeline).toHaveLength(1);
  return timeline[0]!;
}

export function targetOf(target: Partial<PodTargetInput>, fault?: PodFaultPlan): PodTargetPlan {
  const { action } = only(pods(target, fault));
  if (action.kind !== 'pods') throw new Error(action.kind);
  return action.target;
}

export function workloadsOf(target: Partial<PodTargetInput>, fault?: PodFaultPlan): string[] {
  return targetOf(target, fault).workloads.map(nameOf);
}

/** Errors as `code column: message | hint`. */
export function errors(...timeline: readonly TimelineInput[]): string[] {
  return compile(wish(timeline))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ code, position, message, hint }) => `${code} ${position?.line}:${position?.column}: ${message} | ${hint}`);
}
