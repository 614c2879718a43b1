// Kinds whose effect comes with time: each is read, checked as its own admission does, and listed as not modelled.
import { describe, expect, it, test } from 'vitest';
import type { ResourceSet } from '../../../models/config/load.js';
import { formatPrometheusDuration, parsePrometheusDuration } from '../../../models/config/prometheus-duration.js';
import { errors, load, shown } from './helpers.js';

type Loaded = ResourceSet & { readonly text: string };

function object(api: string, kind: string, spec: string): Loaded {
  const text = `apiVersion: ${api}\nkind: ${kind}\nmetadata: {name: x}\nspec: {${spec}}\n`;
  return { ...load(text), text };
}

const budget = (spec: string) => object('policy/v1', 'PodDisruptionBudget', spec);
const rules = (rule: string) =>
  object('monitoring.coreos.com/v1', 'PrometheusRule', `groups: [{name: g, rules: [{${rule}}]}]`);
const certificate = (spec: string) =>
  object('cert-manager.io/v1', 'Certificate', `secretName: s, issuerRef: {name: i}, ${spec}`);
const issuer = (spec: string) => object('cert-manager.io/v1', 'ClusterIssuer', spec);
const canary = (analysis: string) =>
  object('flagger.app/v1beta1', 'Canary', `targetRef: {name: d}, service: {port: 80}, analysis: {${analysis}}`);
const analysis = (metric: string) =>
  object('argoproj.io/v1alpha1', 'AnalysisTemplate', `metrics: [{name: m, ${metric}}]`);
const sloth = (sli: string) =>
  object(
    'sloth.slok.dev/v1',
    'PrometheusServiceLevel',
    `service: s, slos: [{name: a, objective: 99.9, alerting: {name: A}, sli: {${sli}}}]`,
  );
const openSlo = (spec: string) => object('openslo/v1', 'SLO', `service: s, budgetingMethod: Occurrences, ${spec}`);

describe('kinds over time', () => {
  const good: readonly (readonly [string, Loaded, keyof ResourceSet])[] = [
    ['PrometheusRule', rules('alert: A, expr: up == 0, for: 1h30m, labels: {severity: page}'), 'prometheusRules'],
    ['Certificate', certificate('dnsNames: [a.b], duration: 24h, renewBefore: 8h'), 'certificates'],
    ['ClusterIssuer', issuer('selfSigned: {}'), 'clusterIssuers'],
    ['Canary', canary('interval: 15s, metrics: [{name: request-duration, threshold: 500}]'), 'canaries'],
    ['AnalysisTemplate', analysis('provider: {prometheus: {query: up}}'), 'analysisTemplates'],
    ['PrometheusServiceLevel', sloth('events: {errorQuery: a, totalQuery: b}'), 'prometheusServiceLevels'],
    ['SLO', openSlo('indicatorRef: r, timeWindow: [{duration: 4w}], objectives: [{target: 0.99}]'), 'openSlos'],
  ];

  test('PodDisruptionBudget is read', () => {
    const set = budget('minAvailable: 50%, selector: {matchLabels: {a: b}}');
    expect(set.diagnostics).toEqual([]);
    expect(set.fidelity).toEqual([]);
    expect(set.podDisruptionBudgets[0]!.spec.minAvailable).toEqual({ percent: 50 });
  });

  test.each(good)('%s is read, and the list says that it has no effect', (_kind, set, list) => {
    expect(set.diagnostics).toEqual([]);
    expect(set[list]).toHaveLength(1);
    expect(set.fidelity).toMatchObject([{ status: 'not-modelled', path: 'spec', position: { line: 4 } }]);
  });

  test.each([
    ['both bounds', budget('minAvailable: 1, maxUnavailable: 1'), 'error rejected-by-kubernetes', 'maxUnavailable: 1'],
    ['a share above all', budget('minAvailable: 120%'), 'error rejected-by-kubernetes', 'minAvailable'],
    ['no share', budget('maxUnavailable: half'), 'error wrong-type', 'half'],
    ['a rule that is both', rules('alert: A, record: b, expr: up'), 'error rejected-by-kubernetes', '{alert: A'],
    ['a recording that waits', rules('record: b, expr: up, for: 5m'), 'error rejected-by-kubernetes', 'for: 5m'],
    ['a recording with an odd name', rules('record: "a-b", expr: up'), 'error rejected-by-kubernetes', 'record:'],
    [
      'a label with an odd name',
      rules('alert: a, expr: up, labels: {a-b: c}'),
      'error rejected-by-kubernetes',
      'a-b: c',
    ],
    ['a duration of Go', rules('alert: a, expr: up, for: 1.5h'), 'error wrong-type', '1.5h'],
    ['a certificate for nobody', certificate('isCA: false'), 'error rejected-by-kubernetes', 'spec:'],
    ['a short life', certificate('commonName: c, duration: 30m'), 'error rejected-by-kubernetes', 'duration:'],
    [
      'a renewal before the beginning',
      certificate('commonName: c, renewBefore: 2160h'),
      'error rejected-by-kubernetes',
      'renewBefore',
    ],
    ['a weak key', certificate('commonName: c, privateKey: {size: 1024}'), 'error rejected-by-kubernetes', 'size:'],
    ['an issuer without a type', issuer(''), 'error rejected-by-kubernetes', 'spec:'],
    [
      'an issuer of two types',
      issuer('selfSigned: {}, ca: {secretName: s}'),
      'error rejected-by-kubernetes',
      'selfSigned',
    ],
    ['a short check', canary('interval: 5s'), 'warning short-interval', 'interval'],
    ['no provider', analysis('provider: {}'), 'warning analysis-invalid', 'provider'],
    ['a misspelt provider', analysis('provider: {promotheus: {query: up}}'), 'warning analysis-invalid', 'promotheus'],
    [
      'measurements without an interval',
      analysis('count: 3, provider: {web: {}}'),
      'warning analysis-invalid',
      'count:',
    ],
    ['no indicator', sloth(''), 'error rejected-by-kubernetes', 'sli:'],
    ['no target', openSlo('objectives: [{op: lt}]'), 'error missing-field', '{op'],
    [
      'a ratio of nothing',
      openSlo('indicator: {spec: {ratioMetric: {good: {}}}}, objectives: [{target: 0.9}]'),
      'error missing-field',
      'ratioMetric',
    ],
  ])('%s', (_name, set, finding, where) => {
    const { severity, code, position } = set.diagnostics[0]!;
    expect(`${severity} ${code}`).toBe(finding);
    const line = set.text.split('\n')[position!.line - 1]!;
    expect(line.slice(position!.column - 1, position!.column - 1 + where.length)).toBe(where);
  });

  it('names the nearest field', () => {
    expect(rules('alert: a, expr: up, anotations: {}').diagnostics[0]).toMatchObject({
      code: 'unknown-field',
      hint: 'did you mean "annotations"?',
    });
    expect(budget('maxUnavailble: 1').diagnostics[0]!.hint).toBe('did you mean "maxUnavailable"?');
  });

  it('reads old fields of a Canary: a minimum for successes, a maximum for durations', () => {
    const set = canary(
      'metrics: [{name: request-success-rate, threshold: 99}, {name: request-duration, threshold: 500}]',
    );
    expect(set.canaries[0]!.spec.analysis!.metrics).toMatchObject([
      { min: 99, max: null },
      { min: null, max: 500 },
    ]);
  });

  it('has two kinds of the name Service', () => {
    const set = load(
      'apiVersion: openslo/v1\nkind: Service\nmetadata: {name: s, displayName: S, labels: {team: [a, b]}}\nspec: {description: d}\n',
    );
    expect([set.services.length, set.openSloServices.length, errors(set)]).toEqual([0, 1, []]);
  });

  it('reads durations of Prometheus', () => {
    expect(['5m', '1h30m', '1w2d', '0', '90ms'].map(parsePrometheusDuration)).toEqual([
      300e9, 5400e9, 777600e9, 0, 90e6,
    ]);
    expect(['', '1.5h', '30m1h', '5', '-1m', '999999y'].map(parsePrometheusDuration)).toEqual(Array(6).fill(null));
    const written = ['0s', '5m', '1h30m', '30d', '1w', '1y', '36d12h', '90ms', '1s5ms'];
    expect(written.map((text) => formatPrometheusDuration(parsePrometheusDuration(text) ?? -1))).toEqual(written);
  });
});

describe('lists without a kind', () => {
  it('reads phases, policies and alerts', () => {
    const set = load(
      'adoption_phases:\n  one: {duration: "1 month", objectives: [a]}\n' +
        'automation_policies:\n  auto_scaling: {horizontal_pod_autoscaler: {max_replicas: 5}}\n' +
        'alerting_rules:\n  mesh: [{name: A, expr: up == 0, for: 5m}]\n',
    );
    expect(set.diagnostics).toEqual([]);
    expect(set.plainLists.map(({ name }) => name)).toEqual([
      'adoption_phases',
      'automation_policies',
      'alerting_rules',
    ]);
    expect(set.plainLists[2]).toMatchObject({ value: { mesh: [{ kind: 'alert', name: 'A', forNs: 300e9 }] } });
    expect(set.fidelity.map(({ path, position }) => [path, position!.line])).toEqual([
      ['adoption_phases', 1],
      ['automation_policies', 3],
      ['alerting_rules', 5],
    ]);
  });

  it('says what is wrong in them, where, and what was meant', () => {
    const set = load('alerting_rules:\n  mesh:\n    - {name: A, expr: up, fro: 5m}\n    - {name: B}\n');
    expect(shown(set.diagnostics)).toEqual(['warning unknown-field 3:27', 'error missing-field 4:7']);
    expect(set.diagnostics[0]!.hint).toBe('did you mean "for"?');
    expect(set.plainLists).toEqual([]);
  });
});
