import { expect, test } from 'vitest';
import { TaintEviction } from '../../../../models/kubernetes/nodes/taint-eviction.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;

test('pods go when the shortest of their tolerations is over', () => {
  const eviction = new TaintEviction();
  eviction.observe(0, { name: 'a', tolerations: [300, null] });
  eviction.observe(0, { name: 'b', tolerations: [60, 300] });
  eviction.observe(0, { name: 'c', tolerations: ['never', null] });
  eviction.observe(0, { name: 'd', tolerations: [null] });
  expect(eviction.due(0)).toEqual(['c']);
  expect(eviction.nextNs).toBe(60 * S);
  expect(eviction.due(60 * S)).toEqual(['b']);
  expect(eviction.due(299 * S)).toEqual([]);
  expect(eviction.due(300 * S)).toEqual(['a']);
  expect(eviction.nextNs).toBe(null);
});

test('a taint that goes takes the deletion back; one that changes does not move it', () => {
  const eviction = new TaintEviction();
  eviction.observe(0, { name: 'a', tolerations: [300] });
  eviction.observe(100 * S, { name: 'a', tolerations: [300] });
  expect(eviction.nextNs).toBe(300 * S);
  eviction.observe(200 * S, { name: 'a', tolerations: [] });
  expect(eviction.nextNs).toBe(null);
  eviction.observe(250 * S, { name: 'a', tolerations: [300] });
  expect(eviction.nextNs).toBe(550 * S);
  eviction.observe(260 * S, { name: 'a', tolerations: ['never'] });
  expect(eviction.nextNs).toBe(260 * S);
  eviction.forget('a');
  expect(eviction.due(999 * S)).toEqual([]);
});
