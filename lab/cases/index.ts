// All cases of the lab.
import type { LabCase } from '../case.js';
import { BALANCERS } from './balancers.js';
import { FILTERS } from './filters.js';
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
  { title: 'Outlier detection', cases: OUTLIER },
  { title: 'Filters and mirrors', cases: FILTERS },
];

export const CASES: readonly LabCase[] = GROUPS.flatMap(({ cases }) => cases);

/** Cases that wait for a recording on a quiet machine: `npm run lab workers` prints how they compare, and no test asks for them yet. */
export const UNRECORDED: readonly LabCase[] = WORKERS;
