// explain and a run agree: over random routes, faults, CORS, policies, tokens and mutual TLS, what explain says that the client gets (status, flags)
// is what a run observes, and the policy that explain names is the one that decides. test/properties/explain-run.slow.test.ts asks more of the same.
import { test } from '@fast-check/vitest';
import { describe } from 'vitest';
import { agrees, decides, worlds } from '../support/explain-worlds.js';

/** Some seconds; a slow machine may take its time. */
const TIMEOUT_MS = 600_000;

describe('explain and run', () => {
  test.prop([worlds], { numRuns: 60, seed: 11 })('give the same answers', agrees, TIMEOUT_MS);

  test.prop([worlds], { numRuns: 30, seed: 12 })(
    'and the policy that is named is the one that decides',
    decides,
    TIMEOUT_MS,
  );
});
