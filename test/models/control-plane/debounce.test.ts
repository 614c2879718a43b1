// What istiod's own test of its debounce says (pilot/pkg/xds/discovery_test.go, TestDebounce), and the laws.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { Debounce, ISTIO_DEBOUNCE } from '../../../models/control-plane/debounce.js';
import { MS_NS, NEVER_NS, S_NS } from '../../../models/control-plane/time.js';

const { afterNs, maxNs } = ISTIO_DEBOUNCE;

interface Started {
  readonly atNs: number;
  readonly events: readonly number[];
}

/**
 * Feeds events (their times, not falling) and lets each push build for as long as the next of `buildsNs` says, round
 * and round.
 */
function pushes(eventsNs: readonly number[], buildsNs: readonly number[]): Started[] {
  const debounce = new Debounce<readonly number[]>((older, newer) => [...older, ...newer]);
  const started: Started[] = [];
  let freedNs = NEVER_NS;
  let next = 0;
  const start = (atNs: number, events: readonly number[] | null): void => {
    if (events === null) return;
    freedNs = atNs + buildsNs[started.length % buildsNs.length];
    started.push({ atNs, events });
  };
  for (;;) {
    const eventNs = eventsNs[next] ?? NEVER_NS;
    const nowNs = Math.min(eventNs, freedNs, debounce.nextNs);
    if (nowNs === NEVER_NS) return started;
    if (nowNs === eventNs) debounce.event(eventNs, [next++]);
    else if (nowNs === freedNs) {
      freedNs = NEVER_NS;
      start(nowNs, debounce.freed(nowNs));
    } else start(nowNs, debounce.timer(nowNs));
  }
}

describe('the debounce', () => {
  it('starts one push for a burst, a quiet time after its last event', () => {
    expect(pushes([0, 10 * MS_NS, 90 * MS_NS], [0])).toEqual([{ atNs: 190 * MS_NS, events: [0, 1, 2] }]);
  });

  it('starts a push for each of two events that are apart', () => {
    expect(pushes([0, 150 * MS_NS], [MS_NS]).map(({ atNs }) => atNs)).toEqual([100 * MS_NS, 250 * MS_NS]);
  });

  it('lets events wait while a context is built, and starts the next push when it is', () => {
    expect(pushes([0, 150 * MS_NS, 300 * MS_NS], [2 * S_NS, 0])).toEqual([
      { atNs: 100 * MS_NS, events: [0] },
      { atNs: 2100 * MS_NS, events: [1, 2] },
    ]);
  });

  it('waits for quiet after a context is built, too', () => {
    expect(pushes([0, 480 * MS_NS], [400 * MS_NS, 0]).map(({ atNs }) => atNs)).toEqual([100 * MS_NS, 580 * MS_NS]);
  });

  it('is not asked while nothing waits', () => {
    const debounce = new Debounce<null>(() => null);
    expect(debounce.nextNs).toBe(NEVER_NS);
    debounce.event(0, null);
    expect(debounce.nextNs).toBe(afterNs);
    expect(debounce.timer(afterNs)).toBeNull();
  });

  const gap = fc.integer({ min: 0, max: 250 }).map((ms) => ms * MS_NS);
  const build = fc.integer({ min: 0, max: 15_000 }).map((ms) => ms * MS_NS);

  test.prop([fc.array(gap, { minLength: 1, maxLength: 300 }), fc.array(build, { minLength: 1, maxLength: 4 })], {
    seed: 21,
  })(
    'loses nothing, and is late by no more than maximum and quiet time, but for contexts that are built',
    (gaps, buildsNs) => {
      let nowNs = 0;
      const eventsNs = gaps.map((ns) => {
        nowNs += ns;
        return nowNs;
      });
      const started = pushes(eventsNs, buildsNs);
      expect(started.flatMap(({ events }) => events)).toEqual(eventsNs.map((_, index) => index));
      for (const [index, { atNs, events }] of started.entries()) {
        const firstNs = eventsNs[events[0]];
        const before = started[index - 1];
        const freeNs = before === undefined ? 0 : before.atNs + buildsNs[(index - 1) % buildsNs.length];
        expect(atNs).toBeGreaterThanOrEqual(Math.max(firstNs + afterNs, freeNs));
        expect(atNs).toBeLessThanOrEqual(Math.max(firstNs + maxNs, freeNs) + afterNs);
      }
    },
  );
});
