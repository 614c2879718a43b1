import { expect, test } from 'vitest';
import { type ContainerRole, nextToStart, type StartPhase } from '../../../../models/kubernetes/kubelet/start-order.js';

const ROLES: readonly ContainerRole[] = ['init', 'sidecar', 'init', 'ordinary', 'ordinary'];

function next(...phases: readonly StartPhase[]): number | null {
  return nextToStart(ROLES.map((role, index) => ({ role, phase: phases[index] ?? 'waiting' })));
}

test('init containers are completed one after the other', () => {
  expect(next()).toBe(0);
  expect(next('preparing')).toBe(null);
  expect(next('started')).toBe(null);
  expect(next('failed')).toBe(null);
  expect(next('completed')).toBe(1);
});

test('a native sidecar has to be started, not ready, before the next', () => {
  expect(next('completed', 'preparing')).toBe(null);
  expect(next('completed', 'running')).toBe(null);
  expect(next('completed', 'started')).toBe(2);
  expect(next('completed', 'failed')).toBe(2);
});

test('ordinary containers wait for images and hooks of those before, and for nothing else', () => {
  const before = ['completed', 'started', 'completed'] as const;
  expect(next(...before)).toBe(3);
  expect(next(...before, 'preparing')).toBe(null);
  expect(next(...before, 'running')).toBe(4);
  expect(next(...before, 'started', 'running')).toBe(null);
});
