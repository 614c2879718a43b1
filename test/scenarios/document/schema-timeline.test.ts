// The structure of a timeline: what an unknown word and a wrong type are told.
import { describe, expect, it } from 'vitest';
import { validateScenario } from '../../../scenarios/document/validate.js';
import { placed, rawScenario } from '../fixtures.js';

describe('the structure', () => {
  const problems = (spec: string) => validateScenario(rawScenario(spec)).diagnostics;

  it.each([
    ['{ at: 1s, kil: { workload: a } }', 'unknown-field 7:17', 'did you mean `kill`?'],
    ['{ at: 1s, dely: { by: 1s } }', 'unknown-field 7:17', 'did you mean `delay`?'],
    ['{ at: 1s, stress: { workload: a } }', 'unknown-field 7:17', 'the word is `stealCpu`'],
    ['{ at: 1s, hang: { workload: a }, duration: 3s }', 'unknown-field 7:40', 'the word is `for`'],
    [
      '{ at: 1s, kill: { workload: a }, pods: 1 }',
      'unknown-field 7:40',
      '`pods` stands inside an action: `kill: { pods: … }`',
    ],
    [
      '{ at: 1s, traffic: { name: a, rate: 3x }, rate: 3x }',
      'unknown-field 7:49',
      '`rate` stands inside an action: `traffic: { rate: … }`',
    ],
    ['{ at: 1s, kill: { worklod: a } }', 'unknown-field 7:25', 'did you mean `workload`?'],
  ])('knows a word near to an unknown one: %s', (entry, place, hint) => {
    const found = problems(`  timeline:\n    - ${entry}`);
    expect(placed(found)).toEqual([place]);
    expect(found[0].hint).toContain(hint);
  });

  it.each([
    ['[{ at: 1s, traffic: shoppers }]', 'expected how much comes, e.g. {name: shoppers, rate: 3x}, found "shoppers"'],
    ['[{ at: 1s, kill: cart }]', 'expected which pods, e.g. {workload: cart, pods: 1}, found "cart"'],
    [
      '[{ at: 1s, kill: { workload: cart, pods: 0 } }]',
      'expected a number of pods such as 1, or a share of them such as 50%, found 0',
    ],
    [
      '[{ at: 1s, kill: { workload: cart, pods: 0.5 } }]',
      'expected a number of pods such as 1, or a share of them such as 50%, found 0.5',
    ],
    [
      '[{ at: 1s, kill: { workload: cart, ordinal: -1 } }]',
      'expected the ordinal of a pod such as 0, or a list, found -1',
    ],
    ['[{ at: 1s, fail: { workload: cart, status: 200 } }]', 'expected a whole number from 400 to 599, found 200'],
    [
      '[{ at: 1s, stealCpu: { workload: cart } }]',
      'spec.timeline[0].stealCpu.share is missing: expected a share such as 0.5% or 0.005',
    ],
    [
      '[{ at: 1s, partition: { between: [zone a] } }]',
      'expected two ends, e.g. [zone us-east-1a, zone us-east-1b], found a list',
    ],
    ['{ at: 1s }', 'expected a list of entries'],
  ])('%s', (timeline, message) => {
    const found = problems(`  timeline: ${timeline}`);
    expect(found.map((diagnostic) => diagnostic.message)).toEqual([expect.stringContaining(message)]);
  });

  it('pods that differ are those of a workload', () => {
    const pods = 'pods: [{ ordinal: 0, slow: { by: 1ms } }]';
    expect(problems(`  workloads: { a: { ${pods} } }`)).toEqual([]);
    expect(placed(problems(`  services: { a: { ${pods} } }`))).toEqual(['unknown-field 6:20']);
    expect(placed(problems('  workloads: { a: { pods: [{ slow: { by: 1ms } }] } }'))).toEqual(['missing-field 6:28']);
  });
});
