// Rates flow down the call graph, times flow up it: known answers.
import { describe, expect, test } from 'vitest';
import { TrafficEstimate } from '../../../models/lint/traffic.js';
import { loadMesh } from '../../../scenarios/library.js';
import { chain, route, type ScenarioWish, scenario } from './fixtures/build.js';

const MS = 1e6;

function estimate(
  wish: ScenarioWish,
  more = '',
): { readonly rates: Record<string, number>; readonly times: Record<string, number> } {
  const text = `${chain()}\n---\n${scenario(wish)}${more === '' ? '' : `\n---\n${more}`}`;
  const { plan } = loadMesh([{ name: 'mesh.yaml', text }]);
  const { flows } = new TrafficEstimate(plan);
  const rates: Record<string, number> = {};
  const times: Record<string, number> = {};
  for (const { site, ratePerSecond, meanNs } of flows) {
    const { fromName, toName } = plan.edges[site.edge];
    const key = `${fromName} > ${toName}`;
    rates[key] = (rates[key] ?? 0) + ratePerSecond;
    times[key] = meanNs / MS;
  }
  return { rates, times };
}

describe('rates', () => {
  test('each call once', () => {
    expect(estimate({ rate: 100 }).rates).toEqual({ 'shoppers > web': 100, 'web > catalogue': 100 });
  });

  test('with a probability, and several times', () => {
    const services =
      'web: {steps: [{call: catalogue, probability: 25%}, {parallel: [{call: catalogue}, {call: catalogue}]}]}, catalogue: {work: 20ms}';
    expect(estimate({ rate: 100, services }).rates['web > catalogue']).toBeCloseTo(225, 9);
  });
});

describe('times', () => {
  test('work of the callee and of all that it calls', () => {
    const services = 'web: {steps: [{work: 5ms}, {call: catalogue}]}, catalogue: {work: "exponential(20ms)"}';
    const { times } = estimate({ services });
    expect(times['web > catalogue'] - 20).toBeLessThan(2);
    expect(times['shoppers > web']).toBeCloseTo(5 + 2 * times['web > catalogue'] - 20, 1);
  });

  test('parallel branches cost the longest', () => {
    const services = 'web: {steps: [{parallel: [{work: 30ms}, {call: catalogue}]}]}, catalogue: {work: 20ms}';
    const { times } = estimate({ services });
    expect(times['shoppers > web']).toBeGreaterThan(30);
    expect(times['shoppers > web']).toBeLessThan(32);
  });

  test('the time-out of the application cuts its wait', () => {
    const services = 'web: {steps: [{call: catalogue, timeout: 10ms}]}, catalogue: {work: 20ms}';
    expect(estimate({ services }).times['shoppers > web']).toBeLessThan(12);
  });
});

test('a host that is not there carries no flow', () => {
  const { rates } = estimate({ rate: 100 }, route('', 'web').replace('host: web', 'host: nowhere'));
  expect(rates).toEqual({});
});
