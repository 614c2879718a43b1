// Inputs that nobody should have to debug: each is exit 2 with a place, what was found, how to put it right, and no stack trace.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, seatrial } from '../cli/script.js';

const INPUTS = 'test/e2e/inputs';

/** [directory, the place of the error, what the message must name] */
const CASES: readonly (readonly [input: string, place: string, ...fragments: string[]])[] = [
  ['bad-distribution', 'scenario.yaml:11:13', 'cv'],
  ['cut-distribution', 'scenario.yaml:10:42', 'in quotes'],
  ['bad-threshold', 'scenario.yaml:9:16', 'p(99) << 5ms'],
  ['broken-manifest', 'mesh.yaml:4:9', 'yaml-syntax'],
  ['broken-yaml', 'scenario.yaml:', 'yaml-syntax'],
  ['control-characters', 'scenario.yaml:5:3', 'unknown field'],
  ['empty-scenario', 'scenario.yaml', 'seatrial.dev/v1alpha1'],
  ['missing-mesh', 'missing-mesh/nowhere', 'no such file'],
  ['negative-rate', 'scenario.yaml:8:80', '-5/s'],
  ['not-a-scenario', 'scenario.yaml', 'seatrial.dev/v1alpha1'],
  ['self-call', 'scenario.yaml:10:32', 'greeter'],
  ['unknown-field', 'scenario.yaml:8:74', 'raet', 'did you mean `rate`'],
  ['unknown-host', 'scenario.yaml:10:32', 'greetr-backend'],
  ['unknown-istio', 'scenario.yaml:7:17', '1.31'],
  ['unknown-sender', 'scenario.yaml:8:31', 'visitr.default', 'visitor'],
  ['wrong-type', 'scenario.yaml:11:13', 'a rate such as'],
  ['yaml-bomb', 'bomb.yaml:', 'alias'],
  ['zero-weights', 'scenario.yaml:13:', 'all weights are 0'],
];

describe.skipIf(!isBuilt)(`bad input${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each(CASES)('%s', (input, place, ...fragments) => {
    const { exitCode, stdout, stderr } = seatrial(['run', join(INPUTS, input), '--out', '/nonexistent/never-written']);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
    for (const fragment of [place, 'error:', ...fragments]) expect(stderr).toContain(fragment);
    expect(stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('an object that a cluster would refuse, where the input is read strictly', () => {
    const words = ['run', join(INPUTS, 'wrong-manifest-type'), '--strict', '--out', '/nonexistent/never-written'];
    const { exitCode, stderr } = seatrial(words);
    expect(exitCode, stderr).toBe(2);
    for (const fragment of ['routes.yaml:7:16', 'error:', '10 sec']) expect(stderr).toContain(fragment);
  });

  test('standard input that is no YAML', () => {
    const { exitCode, stderr } = seatrial(['run', '-'], '{ a: [1, 2');
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toContain('error:');
  });
});
