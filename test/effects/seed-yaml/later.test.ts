// Seed files whose effect comes with time: they load, they are typed and checked, and a run says that it does not follow them.
import { describe, expect, test } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { lintTexts } from '../../../scenarios/library.js';
import { app, describeSeed, isPresent, pods, run, seed } from './seed.js';

/** What the fidelity list of a run says of a file, by resource. */
async function notFollowed(file: string): Promise<Record<string, string>> {
  const result = await run([seed(file), app('web'), pods('client')], {
    traffic: [{ name: 'load', from: 'client', to: 'http://web/', rate: '10/s' }],
    run: { duration: '1s' },
  });
  expect(result.totals.errorShare.value).toBe(0);
  const own = result.fidelity.filter(({ position }) => position?.file.endsWith(file));
  expect(own.every(({ status }) => status === 'not-modelled')).toBe(true);
  return Object.fromEntries(own.map(({ resource, meaning }) => [resource, meaning]));
}

const NOT_EVALUATED = expect.stringContaining('not evaluated');

describeSeed('06-certificate.yaml', 'Certificate istio-system/istio-certs', () => {
  const FILE = '06-certificate.yaml';

  test('is typed: how long it holds, when it is renewed, by whom', () => {
    const { certificates } = loadResources([seed(FILE)]);
    expect(certificates[0]?.spec).toMatchObject({
      durationNs: 2160 * 3600 * 1e9,
      renewBeforeNs: 360 * 3600 * 1e9,
      issuerRef: { kind: 'ClusterIssuer', name: 'vault-issuer' },
    });
  });

  test('a run says that certificates do not expire', async () => {
    expect(await notFollowed(FILE)).toEqual({
      'Certificate istio-system/istio-certs': expect.stringContaining('do not expire'),
    });
  });

  test('one that would be renewed before it is issued is refused', () => {
    const text = seed(FILE).text.replace('renewBefore: 360h', 'renewBefore: 2161h');
    expect(loadResources([{ name: FILE, text }]).diagnostics).toMatchObject([{ severity: 'error' }]);
  });
});

describeSeed('14-slo-prometheusrule.yaml', 'PrometheusRule monitoring/service-slos', () => {
  const FILE = '14-slo-prometheusrule.yaml';

  test('is typed: two recordings and an alert', () => {
    const { prometheusRules } = loadResources([seed(FILE)]);
    const rules = prometheusRules[0]?.spec.groups.flatMap((group) => group.rules) ?? [];
    expect(rules).toMatchObject([
      { kind: 'record', name: 'service:availability_30d' },
      { kind: 'record', name: 'service:latency_95p_30d' },
      { kind: 'alert', name: 'ServiceErrorBudgetBurn', forNs: 300e9, labels: { severity: 'critical' } },
    ]);
  });

  test('a run says that its rules are not evaluated', async () => {
    expect(await notFollowed(FILE)).toEqual({ 'PrometheusRule monitoring/service-slos': NOT_EVALUATED });
  });
});

describeSeed('20-adoption-phases.yaml', 'adoption_phases', () => {
  test('is typed, and a run says that its phases are not followed', async () => {
    const { plainLists } = loadResources([seed('20-adoption-phases.yaml')]);
    const phase = (duration: string) => ({ duration, objectives: { length: 3 }, successCriteria: { length: 3 } });
    expect(plainLists).toMatchObject([
      {
        name: 'adoption_phases',
        value: {
          phase_1_evaluation: phase('1-2 months'),
          phase_2_pilot: phase('2-3 months'),
          phase_3_scale: phase('3-6 months'),
        },
      },
    ]);
    expect(await notFollowed('20-adoption-phases.yaml')).toEqual({
      adoption_phases: expect.stringContaining('not simulated'),
    });
  });
});

describeSeed('22-automation-policies.yaml', 'automation_policies', () => {
  test('is typed, and a run says that no workload has them', async () => {
    const { plainLists } = loadResources([seed('22-automation-policies.yaml')]);
    expect(plainLists).toMatchObject([
      {
        name: 'automation_policies',
        value: {
          scaling: { minReplicas: 2, maxReplicas: 20, targetCpuUtilizationPercent: 70 },
          readinessProbe: { initialDelaySeconds: 10, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
          livenessProbe: { initialDelaySeconds: 60, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 3 },
          rollout: { type: 'RollingUpdate', maxSurge: '25%', maxUnavailable: '25%' },
          revisionHistoryLimit: 10,
          terminationGracePeriodSeconds: 30,
        },
      },
    ]);
    expect(await notFollowed('22-automation-policies.yaml')).toEqual({
      automation_policies: expect.stringContaining('belong to no workload'),
    });
  });
});

describeSeed('23-alerting-rules.yaml', 'alerting_rules', () => {
  test('is typed, and a run says that its alerts are not evaluated', async () => {
    const { plainLists } = loadResources([seed('23-alerting-rules.yaml')]);
    expect(plainLists).toMatchObject([
      {
        name: 'alerting_rules',
        value: {
          service_mesh_alerts: [
            { kind: 'alert', name: 'HighErrorRate', forNs: 300e9 },
            { kind: 'alert', name: 'HighLatency', forNs: 600e9 },
            { kind: 'alert', name: 'CircuitBreakerTripped', forNs: 120e9 },
          ],
        },
      },
    ]);
    expect(await notFollowed('23-alerting-rules.yaml')).toEqual({ alerting_rules: NOT_EVALUATED });
  });
});

describe.skipIf(!isPresent)('all of these', () => {
  test('have no error for the linter', async () => {
    const files = [
      '06-certificate',
      '14-slo-prometheusrule',
      '20-adoption-phases',
      '22-automation-policies',
      '23-alerting-rules',
    ];
    const { result } = await lintTexts(files.map((file) => seed(`${file}.yaml`)));
    expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
