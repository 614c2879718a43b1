// The structure of a scenario file: what is refused, where, and what the user is told.
import { describe, expect, it } from 'vitest';
import { parseDocuments } from '../../../models/config/parse.js';
import { validateScenario } from '../../../scenarios/document/validate.js';
import { placed, rawScenario, scenarioText } from '../fixtures.js';

function problems(spec: string) {
  return validateScenario(rawScenario(spec)).diagnostics;
}

describe('validateScenario', () => {
  it('accepts every supported field', () => {
    const { document, diagnostics } = validateScenario(
      rawScenario(`
  mesh: [./k8s, ./istio]
  istioVersion: "1.31"
  run: { duration: 10m, warmup: auto, seed: s, replications: 10, maxEvents: 1000000 }
  traffic:
    - name: shoppers
      to: https://shop.example.com
      rate: 800/s
      arrivals: constant
      timeout: 5s
      requests:
        - { name: home, weight: 70, path: / }
        - { name: checkout, weight: 5, method: POST, path: /cart/checkout, timeout: 10s, headers: { x-tier: gold, x-beta: true } }
    - { name: ramp, to: orders.shop, from: reporting.batch, startRate: 10/s, stages: [{ duration: 2m, target: 50/m }] }
    - { name: closed, to: orders.shop, connections: 50, qps: max, uniform: true, think: exponential(mean=1s) }
  defaults: { work: "lognormal(mean=4ms, cv=1)", cpuShare: 60% }
  services:
    frontend.shop:
      workers: 64
      queue: 256
      overflow: 503
      cancels: true
      replicas: 3
      errors: { 500: 0.05% }
      operations:
        - match: { path: /product/*, method: GET, headers: { x-user: eve } }
          steps:
            - work: 2ms
            - parallel: [{ call: catalog }, { call: ads, timeout: 100ms, onError: ignore }, { steps: [{ cpu: 1ms }, { call: b }] }]
            - { call: cart, probability: 30%, forwardHeaders: [end-user], repeat: 2 }
  workloads:
    payments-v2.shop: { steps: [{ cpu: 6ms }, { wait: "lognormal(mean=30ms, cv=2)" }] }
  network: { sameZone: 0.5ms, crossZone: 1ms, crossRegion: 60ms, external: 5ms, jitter: 5%, loss: 0.01%, between: [{ a: east, b: west, rtt: 3ms }] }
  sidecar: { requestCpu: 60us, responseCpu: 60us, afterResponseCpu: 40us, latency: 20us }
  zones: [r/a, r/b]
  nodeCores: 8
  slos: [{ name: fast, traffic: shoppers, latency: 300ms, objective: 99% }, { request: checkout, availability: 99.9% }]
  thresholds: ["errors < 0.5%"]
`),
    );
    expect(diagnostics).toEqual([]);
    expect(document?.spec?.traffic).toHaveLength(3);
  });

  it('accepts a spec with a mesh alone, and none at all', () => {
    expect(problems('  mesh: .')).toEqual([]);
    expect(problems('')).toEqual([]);
  });

  it('names the nearest field at the place of an unknown one', () => {
    const found = problems('  trafic: []\n  run:\n    warmpu: auto');
    expect(placed(found)).toEqual(['unknown-field 8:5', 'unknown-field 6:3']);
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'error']);
    expect(found.map(({ hint }) => hint)).toEqual(['did you mean `warmup`?', 'did you mean `traffic`?']);
    expect(found[0].message).toBe('unknown field `warmpu` in spec.run');
  });

  it('finds unknown fields inside nested steps', () => {
    const found = problems('  services:\n    a:\n      steps:\n        - parallel:\n            - { cal: b }');
    expect(placed(found)).toEqual(['unknown-field 10:17']);
    expect(found[0].hint).toBe('did you mean `call`?');
  });

  it('explains the comma that cuts a distribution in two', () => {
    const [found] = problems('  defaults: { work: lognormal(mean=4ms, cv=1) }');
    expect(placed([found])).toEqual(['unknown-field 6:41']);
    expect(found.message).toContain('cut in two');
    expect(found.hint).toContain('in quotes');
  });

  it.each(['faults', 'chaos', 'events'])('says that the word for %s is timeline', (word) => {
    const [found] = problems(`  ${word}: []`);
    expect(placed([found])).toEqual(['unknown-field 6:3']);
    expect(found.hint).toBe('the word is `timeline`: see docs/timeline.md');
  });

  it('says what was found and what was expected', () => {
    const found = problems('  run: { replications: 0 }\n  traffic:\n    - { rate: [1], requests: [{ weight: -1 }] }');
    expect(placed(found)).toEqual(['wrong-value 6:24', 'missing-field 8:7', 'wrong-type 8:15', 'wrong-value 8:41']);
    expect(found.map(({ message }) => message)).toEqual([
      'spec.run.replications: expected a whole number from 1 to 10000, found 0',
      'spec.traffic[0].to is missing: expected a URL or host',
      'spec.traffic[0].rate: expected a rate such as 800/s or 50/m, found a list',
      'spec.traffic[0].requests[0].weight: expected a number of at least 0, found -1',
    ]);
  });

  it('refuses another version of the format', () => {
    const text = scenarioText('').replace('v1alpha1', 'v9');
    const [raw] = [...parseDocuments({ name: 'scenario.yaml', text })];
    const [found] = validateScenario(raw).diagnostics;
    expect(found.message).toBe('apiVersion: expected seatrial.dev/v1alpha1, found "seatrial.dev/v9"');
  });

  it('passes on what YAML itself has to complain about', () => {
    const [raw] = [...parseDocuments({ name: 'scenario.yaml', text: scenarioText('  mesh: [') })];
    const { document, diagnostics } = validateScenario(raw);
    expect(document).toBeNull();
    expect(diagnostics.some(({ severity }) => severity === 'error')).toBe(true);
  });
});
