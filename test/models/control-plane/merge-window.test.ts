// After envoy: test/common/upstream/cluster_manager_impl_test.cc (MergedUpdates, MergedUpdatesOutOfWindow,
// MergedUpdatesInsideWindow, MergedUpdatesOutOfWindowDisabled), and the law.
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isMergeable, MERGE_WINDOW_NS, MergeWindow } from '../../../models/control-plane/merge-window.js';
import { MS_NS, NEVER_NS } from '../../../models/control-plane/time.js';

describe('the merge window', () => {
  it('lets the first change after a quiet second through', () => {
    const window = new MergeWindow();
    expect(window.update(0, true)).toBe('post');
    expect(window.update(1001 * MS_NS, true)).toBe('post');
    expect(window.nextNs).toBe(NEVER_NS);
  });

  it('counts whole milliseconds: a change after 1000.9 ms waits', () => {
    const window = new MergeWindow();
    window.update(0, true);
    expect(window.update(1_000_900_000, true)).toBe('wait');
    expect(window.nextNs).toBe(2_000_900_000);
  });

  it('holds later ones for a window from the first of them', () => {
    const window = new MergeWindow();
    window.update(0, true);
    expect(window.update(300 * MS_NS, true)).toBe('wait');
    expect(window.update(900 * MS_NS, true)).toBe('wait');
    expect(window.nextNs).toBe(1300 * MS_NS);
    window.fire(1300 * MS_NS);
    expect(window.nextNs).toBe(NEVER_NS);
    expect(window.update(1400 * MS_NS, true)).toBe('wait');
  });

  it('never holds hosts that come or go, and these take along what waits', () => {
    const window = new MergeWindow();
    window.update(0, false);
    window.update(100 * MS_NS, true);
    expect(window.update(200 * MS_NS, false)).toBe('post');
    expect([window.nextNs, window.cancelled]).toEqual([NEVER_NS, 1]);
  });

  it('holds nothing where it is 0', () => {
    const window = new MergeWindow(0);
    expect([window.update(0, true), window.update(1, true)]).toEqual(['post', 'post']);
  });

  it('is for health, weight and metadata; later Envoys never let an assignment wait', () => {
    const weights = { hasMembers: false, isAssignment: true };
    const ejection = { hasMembers: false, isAssignment: false };
    expect([weights, ejection, { ...weights, hasMembers: true }].map((each) => isMergeable(each))).toEqual([
      true,
      true,
      false,
    ]);
    expect([isMergeable(weights, true), isMergeable(ejection, true)]).toEqual([false, true]);
  });

  const update = fc.record({
    gapNs: fc.integer({ min: 0, max: 2500 }).map((ms) => ms * MS_NS),
    mergeable: fc.boolean(),
  });

  test.prop([fc.array(update, { maxLength: 100 })], { seed: 21 })(
    'posts what can wait at most once a window, within a window, and loses no change',
    (updates) => {
      const window = new MergeWindow();
      let lastPostNs = Number.NEGATIVE_INFINITY;
      let waitsSinceNs = NEVER_NS;
      let nowNs = 0;
      const post = (atNs: number, isMerged: boolean): void => {
        if (isMerged) expect(atNs - lastPostNs).toBeGreaterThanOrEqual(MERGE_WINDOW_NS);
        if (waitsSinceNs !== NEVER_NS) expect(atNs - waitsSinceNs).toBeLessThanOrEqual(MERGE_WINDOW_NS);
        waitsSinceNs = NEVER_NS;
        lastPostNs = atNs;
      };
      for (const { gapNs, mergeable } of [...updates, { gapNs: 10 * MERGE_WINDOW_NS, mergeable: false }]) {
        nowNs += gapNs;
        if (window.nextNs <= nowNs) {
          const firedNs = window.nextNs;
          window.fire(firedNs);
          post(firedNs, true);
        }
        if (window.update(nowNs, mergeable) === 'post') post(nowNs, mergeable);
        else waitsSinceNs = Math.min(waitsSinceNs, nowNs);
      }
      expect(waitsSinceNs).toBe(NEVER_NS);
    },
  );
});
