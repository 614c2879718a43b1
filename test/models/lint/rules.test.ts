// Every rule: YAML that it finds, and the nearest YAML that it must leave alone.
import { describe, expect, test } from 'vitest';
import { RULES } from '../../../models/lint/rules.js';
import { lintTexts } from '../../../scenarios/loading/lint.js';
import { BEHAVIOUR } from './fixtures/behaviour.js';
import { BEHAVIOUR_SECOND } from './fixtures/behaviour-second.js';
import { INPUT } from './fixtures/input.js';
import { ISTIO } from './fixtures/istio.js';
import { PROMETHEUS } from './fixtures/prometheus.js';

const FIXTURES = [...INPUT, ...ISTIO, ...BEHAVIOUR, ...BEHAVIOUR_SECOND, ...PROMETHEUS];

async function codesIn(yaml: string, code: string, istioVersion?: string): Promise<string[]> {
  const { result } = await lintTexts([{ name: 'mesh.yaml', text: yaml }], { enabled: [code], istioVersion });
  return result.findings.map((finding) => finding.code);
}

describe.each(FIXTURES)('$code', ({ code, bad, good, istioVersion }) => {
  test('is found, with a place and advice', async () => {
    const { result } = await lintTexts([{ name: 'mesh.yaml', text: bad }], { enabled: [code], istioVersion });
    const found = result.findings.filter((finding) => finding.code === code);
    expect(found.length, JSON.stringify(result.findings, null, 1)).toBeGreaterThan(0);
    for (const { position, help, message } of found) {
      expect(position).not.toBeNull();
      expect(help).not.toBe('');
      expect(message).not.toMatch(/undefined|null|NaN/);
    }
  });

  test('is not found where there is nothing', async () => {
    expect(await codesIn(good, code, istioVersion)).not.toContain(code);
  });

  test('the YAML itself is what the API server and Istio take', async () => {
    const refused = ['ST0001', 'ST0002', 'ST1106'].filter((other) => other !== code);
    // cert-manager's webhook refuses what this rule finds; clusters without the webhook take it.
    const taken = code === 'ST2406' ? [good] : [bad, good];
    for (const yaml of taken)
      expect((await codesIn(yaml, code)).filter((found) => refused.includes(found))).toEqual([]);
  });
});

test('every rule has a fixture, and a code of its own', () => {
  const codes = RULES.map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
  expect(FIXTURES.map(({ code }) => code).sort()).toEqual(codes.filter((code) => code !== 'ST0090').sort());
});
