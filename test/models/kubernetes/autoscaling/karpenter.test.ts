import { expect, test } from 'vitest';
import {
  DEFAULT_CONSOLIDATION,
  KarpenterBatcher,
  KarpenterConsolidation,
  type KarpenterNode,
} from '../../../../models/kubernetes/autoscaling/karpenter.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

const node = (name: string, fields: Partial<KarpenterNode> = {}): KarpenterNode => ({
  name,
  pods: 3,
  changedNs: 0,
  replaceable: false,
  deleting: false,
  ...fields,
});

test('a batch that is closed is followed by another', () => {
  const batcher = new KarpenterBatcher();
  expect(batcher.close(0)).toBe(false);
  batcher.trigger(0);
  expect(batcher.close(S)).toBe(true);
  batcher.trigger(5 * S);
  expect(batcher.closesNs).toBe(6 * S);
});

test('empty nodes go together after a validation, within the budget', () => {
  const consolidation = new KarpenterConsolidation({ ...DEFAULT_CONSOLIDATION, budgetPercent: 50 });
  const nodes = [
    node('a', { pods: 0 }),
    node('b', { pods: 0 }),
    node('c', { pods: 0 }),
    node('d', { replaceable: true }),
  ];
  expect(consolidation.sync(10 * S, nodes)).toEqual({ remove: [], nextNs: 25 * S });
  expect(consolidation.sync(20 * S, nodes)).toEqual({ remove: [], nextNs: 25 * S });
  expect(consolidation.sync(25 * S, nodes)).toEqual({ remove: ['a', 'b'], nextNs: 35 * S });
});

test('what is no longer true at the validation is not done', () => {
  const consolidation = new KarpenterConsolidation(DEFAULT_CONSOLIDATION);
  consolidation.sync(0, [node('a', { pods: 0 }), node('b')]);
  expect(consolidation.sync(15 * S, [node('a', { pods: 1 }), node('b')]).remove).toEqual([]);
});

test('nodes that are little used go one by one, and only where the policy says so', () => {
  const nodes = [node('a', { replaceable: true }), node('b', { replaceable: true }), node('c')];
  const removed = (policy: Partial<typeof DEFAULT_CONSOLIDATION>): readonly string[] => {
    const consolidation = new KarpenterConsolidation({ ...DEFAULT_CONSOLIDATION, budgetPercent: 100, ...policy });
    consolidation.sync(60 * S, nodes);
    return consolidation.sync(75 * S, nodes).remove;
  };
  expect(removed({})).toEqual(['a']);
  expect(removed({ when: 'WhenEmpty' })).toEqual([]);
  expect(removed({ afterNs: null })).toEqual([]);
  expect(removed({ afterNs: 61 * S })).toEqual([]);
});

test('ten percent of few nodes is one node, and one that goes already takes its place', () => {
  const consolidation = new KarpenterConsolidation(DEFAULT_CONSOLIDATION);
  const nodes = [node('a', { pods: 0 }), node('b', { deleting: true }), node('c')];
  expect(consolidation.sync(0, nodes).nextNs).toBe(10 * S);
});
