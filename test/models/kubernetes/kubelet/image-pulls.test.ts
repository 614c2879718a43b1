import { expect, test } from 'vitest';
import {
  DEFAULT_PULL_RULES,
  defaultPullPolicy,
  NodeImages,
} from '../../../../models/kubernetes/kubelet/image-pulls.js';
import { SECOND_NS } from '../../../../models/kubernetes/units.js';

const S = SECOND_NS;
const RULES = { ...DEFAULT_PULL_RULES, limit: null };
const MB = 1_000_000;

test.each([
  ['nginx', 'Always'],
  ['nginx:latest', 'Always'],
  ['registry:5000/team/app', 'Always'],
  ['registry:5000/team/app:v1', 'IfNotPresent'],
  ['nginx:1.27', 'IfNotPresent'],
  ['nginx@sha256:abc', 'IfNotPresent'],
])('%s is pulled %s', (image, policy) => {
  expect(defaultPullPolicy(image)).toBe(policy);
});

test('pulls of a node queue in their order', () => {
  const node = new NodeImages(RULES);
  expect(node.pull(0, 'a', 'IfNotPresent', 100 * MB)).toEqual({ kind: 'pulling', doneNs: 2.3 * S });
  expect(node.pull(S, 'b', 'IfNotPresent', 50 * MB)).toEqual({ kind: 'pulling', doneNs: 3.6 * S });
  expect(node.pull(S, 'a', 'IfNotPresent', 100 * MB)).toEqual({ kind: 'pulling', doneNs: 3.9 * S });
  expect(node.pull(4 * S, 'a', 'IfNotPresent', 100 * MB)).toEqual({ kind: 'present' });
});

test('pulls side by side do not wait, and two of one image end together', () => {
  const node = new NodeImages({ ...RULES, serial: false });
  expect(node.pull(0, 'a', 'IfNotPresent', 100 * MB)).toEqual({ kind: 'pulling', doneNs: 2.3 * S });
  expect(node.pull(S, 'b', 'IfNotPresent', 50 * MB)).toEqual({ kind: 'pulling', doneNs: 2.3 * S });
  expect(node.pull(S, 'a', 'IfNotPresent', 100 * MB)).toEqual({ kind: 'pulling', doneNs: 2.3 * S });
});

test('Always asks the registry for an image that is there, and loads nothing', () => {
  const node = new NodeImages(RULES, ['a']);
  expect(node.pull(0, 'a', 'IfNotPresent', 100 * MB)).toEqual({ kind: 'present' });
  expect(node.pull(0, 'a', 'Always', 100 * MB)).toEqual({ kind: 'pulling', doneNs: 0.3 * S });
});

test('errors: Never, and more pulls than the limit allows', () => {
  const node = new NodeImages();
  expect(node.pull(0, 'a', 'Never', MB)).toEqual({ kind: 'error', reason: 'ErrImageNeverPull' });
  const answers = Array.from({ length: 11 }, (_, at) => node.pull(0, `image${at}`, 'Always', MB).kind);
  expect(answers.filter((kind) => kind === 'pulling')).toHaveLength(10);
  expect(answers.at(-1)).toBe('error');
});
