// An attempt from the pool is as good as a new one.
import { expect, test } from 'vitest';
import { Attempt } from '../../../../models/mesh/state/attempt.js';
import type { HostState } from '../../../../models/mesh/state/cluster-state.js';
import type { HandlerRt } from '../../../../models/mesh/state/runtime.js';

/** Read only where a mark or another field says that they hold; the pool and whom an attempt descends from are set by who begins it. */
const SET_BEFORE_READ: readonly string[] = [
  'pool',
  'queuedAtNs',
  'retryAfterNs',
  'loadSinceNs',
  'filterNs',
  'pacedSinceNs',
  'originHi',
  'originLo',
];

test('nothing of the last life is left', () => {
  const host = { pod: {}, cluster: { plan: { protocol: 'http2' } } } as unknown as HostState;
  const handler = {} as HandlerRt;
  const fresh = new Attempt(3);
  const used = new Attempt(3);
  for (const [name, value] of Object.entries(used)) {
    if (name === 'id' || SET_BEFORE_READ.includes(name)) continue;
    const left = typeof value === 'number' ? 99 : typeof value === 'boolean' ? !value : { left: name };
    Object.assign(used, { [name]: left });
  }
  for (const attempt of [fresh, used]) attempt.begin(7, host, handler, 4, 5, 1, 2);
  expect(used).toEqual(fresh);
});
