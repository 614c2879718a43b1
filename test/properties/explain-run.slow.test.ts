// The laws of explain-run.test.ts over more worlds.
import { test } from '@fast-check/vitest';
import { describe } from 'vitest';
import { agrees, decides, worlds } from '../support/explain-worlds.js';

describe('explain and run', () => {
  test.prop([worlds], { numRuns: 2000, seed: 21 })('give the same answers', agrees);

  test.prop([worlds], { numRuns: 1000, seed: 22 })('and the policy that is named is the one that decides', decides);
});
