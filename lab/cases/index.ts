// All cases of the lab.
import type { LabCase } from '../case.js';
import { BALANCERS } from './balancers.js';
import { CONFIGURATIONS } from './configurations.js';
import { FAULTS } from './faults.js';
import { FILTERS } from './filters.js';
import { HEALTH } from './health.js';
import { HOSTS_CHANGE } from './hosts-change.js';
import { OUTLIER } from './outlier.js';
import { POOLS } from './pools.js';
import { ROUTER } from './router.js';
import { STREAMS } from './streams.js';
import { WORKERS } from './workers.js';

export interface CaseGroup {
  readonly title: string;
  readonly cases: readonly LabCase[];
}

export const GROUPS: readonly CaseGroup[] = [
  { title: 'Balancers', cases: BALANCERS },
  { title: 'Pools and circuit breakers', cases: POOLS },
  { title: 'Retries and time-outs', cases: ROUTER },
  { title: 'Durations and hedging', cases: STREAMS },
  { title: 'Worker threads', cases: WORKERS },
  { title: 'Outlier detection', cases: OUTLIER },
  { title: 'Active health checks', cases: HEALTH },
  { title: 'Filters and mirrors', cases: FILTERS },
  { title: 'Hosts that come and go', cases: HOSTS_CHANGE },
  { title: 'Servers that die, fall silent or fail', cases: FAULTS },
  { title: 'Clusters and routes that change', cases: CONFIGURATIONS },
];

export const CASES: readonly LabCase[] = GROUPS.flatMap(({ cases }) => cases);
