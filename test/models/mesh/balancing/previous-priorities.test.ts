// Retries in other priorities (envoy: test/extensions/retry/priority/previous_priorities/config_test.cc; the plug-in's update_frequency is 2 there
// as in Istio).
import { describe, expect, test } from 'vitest';
import { loadsForRetry, remainingLoads } from '../../../../models/mesh/balancing/previous-priorities.js';
import type { HostSets } from '../../../../models/mesh/policies/host-sets.js';
import { Call } from '../../../../models/mesh/state/call.js';
import { BalancerLab } from '../../../support/balancer-lab.js';

function loads(available: readonly number[], excluded: readonly number[]): number[] | null {
  const below = new Float64Array(available.length);
  const isExcluded = Uint8Array.from(available, (_, priority) => (excluded.includes(priority) ? 1 : 0));
  if (!remainingLoads(Float64Array.from(available), isExcluded, below)) return null;
  return [...below].map((value, i) => value - (below[i - 1] ?? 0));
}

describe('loads without the priorities that were tried', () => {
  test.each([
    [[100, 100], [], [100, 0]],
    [[100, 100], [0], [0, 100]],
    [[100, 0], [0], null],
    [[100, 100], [0, 1], null],
    [[70, 70, 70], [0], [0, 70, 30]],
    // Availability below 100 in all is scaled up; what rounding leaves goes to the first again.
    [[35, 35, 35], [2], [50, 50, 0]],
    [[33, 33, 33], [], [34, 33, 33]],
  ])('%j without %j', (available, excluded, expected) => {
    expect(loads(available, excluded)).toEqual(expected);
  });
});

describe('a call', () => {
  /** Two hosts of priority 0, one of priority 1, one of priority 2. */
  function setsOf(): { lab: BalancerLab; sets: HostSets } {
    const lab = new BalancerLab({ weights: [1, 1, 1, 1], priorities: [0, 0, 1, 2] });
    return { lab, sets: lab.sets };
  }

  /** Loads of the priorities after these hosts have been tried, one try after the other. */
  function loadsAfter(...hosts: readonly number[]): number[] {
    const { lab, sets } = setsOf();
    const call = new Call(0);
    for (const host of hosts) {
      call.tried[call.triedCount++] = lab.host(host);
      loadsForRetry(sets, call, 2);
    }
    return [...loadsForRetry(sets, call, 2)];
  }

  test('the first retry goes where all go, the second elsewhere, the third with it, the fourth to the last', () => {
    expect(loadsAfter(0)).toEqual([100, 100, 100]);
    expect(loadsAfter(0, 1)).toEqual([0, 100, 100]);
    expect(loadsAfter(0, 1, 2)).toEqual([0, 100, 100]);
    expect(loadsAfter(0, 1, 2, 2)).toEqual([0, 0, 100]);
  });

  test('when all have been tried, all count again', () => {
    expect(loadsAfter(0, 1, 2, 2, 3, 3)).toEqual([100, 100, 100]);
    expect(loadsAfter(0, 1, 2, 2, 3, 3, 0)).toEqual([100, 100, 100]);
    expect(loadsAfter(0, 1, 2, 2, 3, 3, 0, 0)).toEqual([0, 100, 100]);
  });
});
