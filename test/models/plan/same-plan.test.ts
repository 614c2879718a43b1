// Plans that act alike, wherever their YAML stands.
import { describe, expect, test } from 'vitest';
import { samePlan } from '../../../models/plan/contract/same-plan.js';
import { CLUSTER, compile, destinationRule, namespace } from './support.js';

const RULE = destinationRule(
  'web',
  'b',
  '{ host: web, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 2 } } } }',
);

describe('samePlan', () => {
  const planOf = (text: string) => compile({ yaml: [CLUSTER, text] }).plan!;

  test('comments, lines and files count for nothing', () => {
    expect(samePlan(planOf(RULE), planOf(`# moved\n\n${RULE}`))).toBe(true);
    expect(samePlan(planOf(RULE), compile({ yaml: [RULE, CLUSTER] }).plan!)).toBe(true);
  });

  test('a limit counts, on either side', () => {
    expect(samePlan(planOf(RULE), planOf(RULE.replace('http2MaxRequests: 2', 'http2MaxRequests: 3')))).toBe(false);
    expect(samePlan(planOf(RULE), planOf(namespace('d')))).toBe(false);
    expect(samePlan(planOf(namespace('d')), planOf(RULE))).toBe(false);
  });
});
