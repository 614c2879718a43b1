// The changes of each workload, looked up by numbers, against a walk over all of them.
import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { ChangeLog } from '../../../../models/mesh/balancing/change-log.js';

const WORKLOADS = 5;
const changes = fc.array(fc.record({ workload: fc.nat({ max: WORKLOADS - 1 }) }), { maxLength: 40 });

test.prop([changes, changes, fc.subarray([0, 1, 2, 3, 4]), fc.nat({ max: 80 }), fc.nat({ max: 80 })])(
  'finds what a walk over all changes finds, of those too that come later',
  (first, later, workloads, one, other) => {
    const all: { readonly workload: number }[] = [...first];
    const log = new ChangeLog(all, WORKLOADS);
    const check = (): void => {
      const [from, end] = [one, other].map((number) => number % (all.length + 1)).sort((a, b) => a - b);
      const isMeant = new Set(workloads);
      const numbers = [...all.keys()].filter((number) => number >= from && number < end);
      expect(log.among(workloads, (workload) => isMeant.has(workload), from, end)).toEqual(
        numbers.filter((number) => isMeant.has(all[number].workload)),
      );
      for (let workload = 0; workload < WORKLOADS; workload++) {
        const before = all.slice(0, end).filter((change) => change.workload === workload);
        expect(log.before(workload, end)).toEqual(before);
      }
    };
    check();
    all.push(...later);
    check();
  },
);
