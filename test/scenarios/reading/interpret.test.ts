// From a scenario and YAML to a plan and settings.
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { validateScenario } from '../../../scenarios/document/validate.js';
import { interpretScenario, type ScenarioOverrides } from '../../../scenarios/reading/interpret.js';
import { placed } from '../fixtures.js';
import { SHOP, SHOP_SCENARIO } from '../shop.js';

function interpret(scenario: string, overrides: ScenarioOverrides = {}) {
  const resources = loadResources([
    { name: 'shop.yaml', text: SHOP },
    { name: 'scenario.yaml', text: scenario },
  ]);
  const [raw] = resources.scenarios;
  const { document, diagnostics } = validateScenario(raw);
  if (document === null) throw new Error(JSON.stringify(diagnostics));
  return interpretScenario(raw, document, resources, overrides);
}

describe('interpretScenario', () => {
  it('makes a plan and settings', () => {
    const { plan, scenario, diagnostics } = interpret(SHOP_SCENARIO);
    expect(diagnostics).toEqual([]);
    expect(plan?.edges.map(({ fromName, toName }) => `${fromName}->${toName}`)).toEqual([
      'shoppers->frontend',
      'frontend->catalog',
    ]);
    expect(scenario?.run).toEqual({
      seed: 'shop-trial',
      durationNs: 4e9,
      warmupNs: null,
      replications: 3,
      maxEvents: 200_000_000,
      intervalNs: 20e6,
    });
    expect(scenario?.thresholds).toHaveLength(4);
    expect(scenario?.slos).toHaveLength(1);
  });

  it('lets autoscalers act where the mesh or its load changes, or where the scenario says so', () => {
    const scaler = `${SHOP}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: catalog, namespace: shop }
spec: { scaleTargetRef: { kind: Deployment, name: catalog-v1 }, maxReplicas: 9 }
`;
    const acts = (more: string, traffic = 'rate: 5/s'): boolean => {
      const text = `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
spec:
  traffic: [{ name: shoppers, to: http://frontend.shop/, ${traffic} }]
${more}`;
      const resources = loadResources([
        { name: 'shop.yaml', text: scaler },
        { name: 'scenario.yaml', text },
      ]);
      const { document } = validateScenario(resources.scenarios[0]);
      const { plan, diagnostics } = interpretScenario(resources.scenarios[0], document!, resources);
      expect(diagnostics).toEqual([]);
      return plan!.autoscalers.length > 0;
    };
    const timeline = '  timeline: [{ at: 1s, kill: { workload: catalog-v1 } }]';
    const stages = 'startRate: 5/s, stages: [{ duration: 10s, target: 9/s }]';
    expect(acts('')).toBe(false);
    expect(acts('  autoscaling: true')).toBe(true);
    expect(acts(timeline)).toBe(true);
    expect(acts(`${timeline}\n  autoscaling: false`)).toBe(false);
    expect(acts('', stages)).toBe(true);
    expect(acts('  autoscaling: false', stages)).toBe(false);
  });

  it('says which services run on defaults', () => {
    const bare = SHOP_SCENARIO.replace(/ {2}defaults[\s\S]*/, '');
    const { fidelity } = interpret(bare);
    const work = fidelity.find(({ path }) => path === 'spec.defaults.work');
    expect(work?.meaning).toContain('nothing is said about the work of frontend: lognormal(mean=5ms, cv=1)');
    expect(interpret(SHOP_SCENARIO).fidelity.some(({ path }) => path === 'spec.defaults.work')).toBe(false);
  });

  it('takes overrides', () => {
    const { scenario } = interpret(SHOP_SCENARIO, {
      seed: 'x',
      replications: 7,
      duration: '2s',
      warmup: '1s',
      istioVersion: '1.24',
    });
    expect(scenario).toMatchObject({
      istioVersion: '1.24',
      run: { seed: 'x', replications: 7, durationNs: 2e9, warmupNs: 1e9 },
    });
  });

  it.each<[ScenarioOverrides, string]>([
    [{ duration: '2' }, 'wrong-option'],
    [{ duration: '0s' }, 'wrong-option'],
    [{ replications: 0 }, 'wrong-option'],
    [{ istioVersion: '9.9' }, 'unknown-istio-version'],
  ])('refuses the override %j', (overrides, code) => {
    const { plan, diagnostics } = interpret(SHOP_SCENARIO, overrides);
    expect(plan).toBeNull();
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  it('places names that do not exist', () => {
    const text = SHOP_SCENARIO.replace('"home p(90) < 1s"', '"hom p(90) < 1s"').replace(
      'latency: 100ms',
      'traffic: shopers, latency: 100ms',
    );
    const { plan, scenario, diagnostics } = interpret(text);
    expect([plan, scenario]).toEqual([null, null]);
    expect(placed(diagnostics)).toEqual(['wrong-value 16:33', 'wrong-value 17:41']);
  });

  it('compiles the timeline, up to the end of the run', () => {
    const timeline = `  timeline:
    - { every: 1s, kill: { workload: catalog-v1, pods: 1 } }
    - { at: 2s, for: 1s, traffic: { name: shoppers, rate: 3x } }
  workloads: { catalog-v1: { pods: [{ ordinal: 1, slow: { by: 5ms } }] } }
`;
    const entries = (overrides: ScenarioOverrides) => {
      const { plan, diagnostics } = interpret(SHOP_SCENARIO + timeline, overrides);
      return {
        starts: plan?.timeline.map(({ name, startsNs }) => `${name} ${startsNs.map((ns) => ns / 1e9)}`),
        diagnostics: placed(diagnostics),
      };
    };
    expect(entries({})).toEqual({
      starts: [
        'kill 1 pod of catalog-v1 1,2,3',
        '3 times the traffic: shoppers 2',
        '5 ms slower: pod 1 of catalog-v1 ',
      ],
      diagnostics: [],
    });
    expect(entries({ duration: '1500ms' })).toEqual({
      starts: ['kill 1 pod of catalog-v1 1', '5 ms slower: pod 1 of catalog-v1 '],
      diagnostics: ['never-happens 20:13'],
    });
  });

  it('says once that a workload with a pod that differs is not there', () => {
    const { plan, diagnostics } = interpret(
      `${SHOP_SCENARIO}  workloads: { catalogue-v1: { pods: [{ ordinal: 1, slow: { by: 5ms } }] } }\n`,
    );
    expect(plan).toBeNull();
    expect(placed(diagnostics)).toEqual(['workload-not-found 18:30']);
    expect(diagnostics[0].hint).toBe('did you mean catalog-v1.shop?');
  });
});
