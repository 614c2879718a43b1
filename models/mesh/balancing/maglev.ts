// Maglev (policies/maglev.ts fills the table).
import { DEFAULT_TABLE_SIZE, MaglevTable } from '../policies/maglev.js';
import { HASHED } from './hashed.js';
import type { PolicyKind } from './policy.js';

export const MAGLEV: PolicyKind = {
  ...HASHED,
  table: ({ tableSize = DEFAULT_TABLE_SIZE }, hosts) => new MaglevTable(hosts, tableSize),
};
