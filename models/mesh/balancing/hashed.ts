// What the policies have in common that look hosts up by a hash of the request.
import type { Policy } from '../state/cluster-state.js';
import { PLAIN } from './policy.js';

const NEVER: Policy = {
  pick: () => {
    throw new Error('hosts that are looked up by a hash stand in sets');
  },
};

export const HASHED = { ...PLAIN, hashes: true, make: (): Policy => NEVER } as const;
