// The laws of explain-run.test.ts over more worlds.
import { test } from '@fast-check/vitest';
import { describe } from 'vitest';
import { agrees, decides, worlds } from '../support/explain-worlds.js';

describe('explain and run', () => {
  test.prop([worlds], { numRuns: 800, seed: 21 })('give the same answers', agrees);

  test.prop([worlds], { numRuns: 400, seed: 22 })('and the policy that is named is the one that decides', decides);
});
