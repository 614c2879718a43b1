// A result with a timeline of known numbers: a kill that is got over, twice the load that is not, and a name that would like to be more than a name.
import type { RunResult } from '../../scenarios/result/run-result.js';
import type { HappeningSummary, ImpactSummary, PhaseSummary } from '../../scenarios/result/timeline-result.js';
import { measured, NO_DATA, RESULT } from './fixture.js';

export const KILL: ImpactSummary = {
  entry: 'kill 1 pod of storefront',
  times: 1,
  beginSeconds: 10,
  endSeconds: 10,
  lost: measured(37, 5),
  worstErrors: { atSeconds: 10.4, share: 0.123 },
  worstP99: { atSeconds: 11, ms: 812 },
  recovery: {
    from: 'begin',
    sinceSeconds: 10,
    seconds: measured(4.2, 0.3),
    recovered: 5,
    notRecovered: 0,
    before: { errorShare: 0.001, p99Ms: 180 },
    left: null,
  },
  budgets: [{ slo: 'pages are fast', usedShare: measured(0.12, 0.02) }],
};

export const LOAD: ImpactSummary = {
  entry: '2x shoppers',
  times: 1,
  beginSeconds: 30,
  endSeconds: 50,
  lost: measured(4120, 300),
  worstErrors: { atSeconds: 44, share: 0.61 },
  worstP99: { atSeconds: 47, ms: 4200 },
  recovery: {
    from: 'end',
    sinceSeconds: 50,
    seconds: NO_DATA,
    recovered: 0,
    notRecovered: 5,
    before: { errorShare: 0.001, p99Ms: 180 },
    left: { request: null, errorShare: 0.25, p99Ms: 900, afterSeconds: 10, until: null },
  },
  budgets: [],
};

export function phase(name: string, fromSeconds: number, toSeconds: number, errorShare: number): PhaseSummary {
  const all = {
    offeredPerSecond: measured(300, 1),
    servedPerSecond: measured(300, 1),
    goodputPerSecond: measured(300 * (1 - errorShare), 1),
    errorShare: measured(errorShare, errorShare / 10),
    p50Ms: measured(12.3, 0.2),
    p99Ms: measured(181, 4),
  };
  return { name, fromSeconds, toSeconds, entries: [], all, traffic: [{ name: 'shoppers', ...all }] };
}

function happening(
  kind: HappeningSummary['kind'],
  entry: string,
  atSeconds: number,
  lastSeconds = atSeconds,
): HappeningSummary {
  const isPlanned = kind === 'began' || kind === 'ended';
  return {
    kind,
    entry,
    time: 1,
    atSeconds,
    lastSeconds,
    lowSeconds: atSeconds,
    highSeconds: lastSeconds,
    workload: isPlanned ? '' : 'storefront.shop',
    workloads: isPlanned ? 0 : 1,
    count: isPlanned ? 1 : 3,
    replications: 5,
  };
}

export const TIMELINE_RESULT: RunResult = {
  ...RESULT,
  phases: [
    phase('before', 0, 10, 0.001),
    phase('after kill 1 pod of storefront', 10, 30, 0.006),
    phase('2x shoppers', 30, 50, 0.4),
    phase('after 2x shoppers', 50, 60, 0.25),
  ],
  impacts: [KILL, LOAD],
  happenings: [
    happening('began', KILL.entry, 10),
    happening('pod killed', KILL.entry, 10),
    happening('pod ready', KILL.entry, 11.2, 12.4),
    happening('recovered', KILL.entry, 14.2),
    happening('began', LOAD.entry, 30),
    happening('ended', LOAD.entry, 50),
    happening('not recovered', LOAD.entry, 60),
  ],
};
