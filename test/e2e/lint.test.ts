// The linter over inputs that nobody should have to debug: it says what is wrong with a place, exit 2, no stack trace.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuilt, NOT_BUILT, seatrial } from '../cli/script.js';

const INPUTS = 'test/e2e/inputs';
/** Of the hostile inputs those whose YAML itself cannot be found or parsed. */
const UNREADABLE = ['broken-yaml', 'missing-mesh', 'yaml-bomb'];

describe.skipIf(!isBuilt)(`hostile inputs${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each(readdirSync(join(import.meta.dirname, 'inputs')).toSorted())('%s', (input) => {
    const { exitCode, stdout, stderr } = seatrial(['lint', join(INPUTS, input)]);
    expect([0, 1, 2], stderr).toContain(exitCode);
    if (UNREADABLE.includes(input)) expect(exitCode, stdout).toBe(2);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('standard input', () => {
    const policy = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: catalogue }
spec: { host: catalogue, trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1 } } } }
`;
    const { exitCode, stdout } = seatrial(['lint', '-', '--format', 'github', '--fail-on', 'warning'], policy);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('::warning file=-,line=4');
  });
});

describe.skipIf(!isBuilt)(`examples${isBuilt ? '' : ` (${NOT_BUILT})`}`, () => {
  test.each(['minimal', 'shop'])('%s holds nothing that Istio refuses', (name) => {
    expect(seatrial(['lint', `examples/${name}`]).exitCode).toBe(0);
  });
});
