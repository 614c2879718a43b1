// Ring hash (policies/ring-hash.ts builds the ring).
import { DEFAULT_RING_SIZE, HashRing } from '../policies/ring-hash.js';
import { HASHED } from './hashed.js';
import type { PolicyKind } from './policy.js';

export const RING_HASH: PolicyKind = {
  ...HASHED,
  table: ({ tableSize = DEFAULT_RING_SIZE }, hosts) => new HashRing(hosts, tableSize),
};
