// Indexes of labels and of selectors find what `selects` finds among all, in the order of the list.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import {
  firstOfAll,
  firstSelecting,
  holdingFor,
  LabelIndex,
  SelectorIndex,
} from '../../../models/plan/terms/label-index.js';
import { selects } from '../../../models/plan/terms/visibility.js';

/** Also words that every object inherits, and labels whose texts run into one another. */
const key = fc.constantFrom('app', 'version', 'toString', '__proto__', 'a', 'a=b', 'ab');
const value = fc.constantFrom('', 'v1', 'v2', 'b=c', 'c', 'b');
const labels = fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries));
const namespace = fc.constantFrom('shop', 'pay', 'a b', '');
const carriers = fc.array(fc.record({ namespace, labels }), { maxLength: 12 });
const selecting = fc.array(fc.record({ namespace, spec: fc.record({ selector: fc.option(labels) }) }), {
  maxLength: 12,
});

describe('what carries labels', () => {
  test('an empty selector selects all, a label that nobody has nobody', () => {
    const index = new LabelIndex([
      { namespace: 'shop', labels: { app: 'cart' } },
      { namespace: 'pay', labels: {} },
    ]);
    expect(index.selectedBy({}, null)).toHaveLength(2);
    expect(index.selectedBy({}, 'pay')).toEqual([{ namespace: 'pay', labels: {} }]);
    expect(index.selectedBy({ app: 'other' }, 'shop')).toEqual([]);
  });

  property.prop([carriers, labels, fc.option(namespace)])('is found as by looking at all', (all, selector, within) => {
    const expected = all.filter(
      (one) => (within === null || one.namespace === within) && selects(selector, one.labels),
    );
    expect(new LabelIndex(all).selectedBy(selector, within)).toEqual(expected);
  });
});

describe('what selects', () => {
  property.prop([selecting, namespace, labels])('is found as by looking at all', (all, within, own) => {
    const here = all.filter((one) => one.namespace === within);
    const chosen = here.filter(({ spec }) => spec.selector !== null && selects(spec.selector, own));
    const wide = here.filter(({ spec }) => spec.selector === null);
    expect(holdingFor(all, within, own)).toEqual(here.filter((one) => chosen.includes(one) || wide.includes(one)));
    expect(firstSelecting(all, within, own)).toBe(chosen[0]);
    expect(firstOfAll(all, within)).toBe(wide[0]);
  });

  property.prop([
    fc.array(fc.record({ namespace: fc.option(namespace), labels }), { maxLength: 12 }),
    namespace,
    labels,
  ])('in any namespace where it names none', (wishes, within, own) => {
    const expected = wishes.flatMap((wish, position) =>
      (wish.namespace === null || wish.namespace === within) && selects(wish.labels, own) ? [position] : [],
    );
    expect(new SelectorIndex(wishes).metBy(within, own)).toEqual(expected);
  });
});
