// What rules say of PromQL, and where: in blocks, in lists without a kind, over several rules; and of the seed files.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import type { LintFinding } from '../../../../models/lint/rule.js';
import { lintPaths, lintTexts } from '../../../../scenarios/loading/lint.js';

const CODES = ['ST2520', 'ST2521', 'ST2522', 'ST2523', 'ST2524', 'ST2525', 'ST2526', 'ST2527', 'ST2528'];
const DEFAULT = CODES.filter((code) => code !== 'ST2526' && code !== 'ST2528');

async function find(text: string, only = DEFAULT): Promise<readonly LintFinding[]> {
  return (await lintTexts([{ name: 'rules.yaml', text }], { only })).result.findings;
}

/** A rule file of one group; each rule is an expression of an alert, or `name = expression`. */
function file(...rules: readonly string[]): string {
  const lines = rules.map((rule) => {
    const [, name, expr] = /^([\w:]+) = (.*)$/s.exec(rule) ?? [null, null, rule];
    return name === null
      ? `  - {alert: Trouble, expr: ${JSON.stringify(expr)}}`
      : `  - {record: "${name}", expr: ${JSON.stringify(expr)}}`;
  });
  return `groups:\n- name: watch\n  rules:\n${lines.join('\n')}\n`;
}

const codesOf = (findings: readonly LintFinding[]): string[] => findings.map(({ code }) => code);
const placesOf = (findings: readonly LintFinding[]): string[] =>
  findings.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`);

describe('places', () => {
  test('in a block of a PrometheusRule', async () => {
    const text = `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: watch, namespace: shop}
spec:
  groups:
  - name: watch
    rules:
    - alert: Trouble
      expr: |
        sum(rate(up[5m]))
          > foo(1)
`;
    const [finding] = await find(text);
    expect(finding).toMatchObject({
      code: 'ST2520',
      resource: 'PrometheusRule shop/watch',
      path: 'spec.groups[0].rules[0].expr',
      position: { line: 11, column: 13 },
      message: 'there is no function "foo"',
    });
  });

  test.each([
    ['a block whose text is indented', '|2\n        \n          foo(1)', '6:11'],
    ['a block with windows of its own', '|-\n     foo(1)', '5:6'],
    ['a folded block', '>-\n      foo(1)', '4:11'],
    ['a text in quotes', '"foo(1)"', '4:11'],
    ['a plain text', 'foo(1)', '4:11'],
  ])('in %s', async (_, expr, place) => {
    const text = `groups:\n- rules:\n  - alert: Trouble\n    expr: ${expr}\n`;
    expect(placesOf(await find(text))).toEqual([`ST2520 ${place}`]);
  });

  test('in a plain list', async () => {
    const [finding] = await find('alerting_rules:\n  mesh:\n  - name: Trouble\n    expr: |\n      up >\n');
    expect(finding).toMatchObject({
      resource: 'alerting_rules',
      path: 'alerting_rules.mesh[0].expr',
      position: { line: 5, column: 10 },
    });
  });

  test('a comment silences them', async () => {
    expect(
      await find('groups:\n- rules:\n  - alert: A\n    # seatrial-lint: disable=ST2520\n    expr: |\n      foo(1)\n'),
    ).toEqual([]);
  });
});

describe('requests that are counted twice', () => {
  const message = async (expr: string): Promise<string[]> =>
    (await find(file(expr), ['ST2521'])).map((finding) => finding.message);

  test('in a sum, in a ratio, in series by themselves', async () => {
    expect(await message('sum(rate(istio_requests_total[5m])) > 10')).toEqual([
      "istio_requests_total without reporter: each request is counted twice, by the client's proxy and by the server's",
    ]);
    expect(
      await message('sum(rate(istio_requests_total{response_code="500"}[5m])) / sum(rate(istio_requests_total[5m]))'),
    ).toEqual([expect.stringContaining('the ratio mixes both views')]);
    expect(await message('rate(istio_tcp_sent_bytes_total[5m]) > 10')).toEqual([
      expect.stringContaining('each connection is in two series'),
    ]);
    expect(await message('{__name__="istio_request_bytes_sum"} > 1')).toHaveLength(1);
  });

  test.each([
    'sum(rate(istio_requests_total{reporter=~"source|waypoint"}[5m])) > 10',
    'sum by (reporter) (rate(istio_requests_total[5m])) > 10',
    'sum without (pod) (rate(istio_requests_total[5m])) > 10',
    'sum by (source_workload, namespace) (rate(istio_requests_total[5m])) > 10',
    'sum(rate(istio_requests_total{connection_security_policy="none"}[5m])) > 10',
    'sum(rate(istio_requests_total{app="istio-ingressgateway"}[5m])) > 10',
    'absent(istio_requests_total)',
    'sum(rate(istio_build[5m])) > 10',
    'sum(pilot_xds_pushes) / sum(istio_agent_startup_duration_seconds)',
  ])('not in %s', async (expr) => {
    expect(await message(expr)).toEqual([]);
  });

  test('a ratio with one side only is told of that side', async () => {
    const expr =
      'sum(rate(istio_requests_total{response_code="500"}[5m])) / sum(rate(istio_requests_total{reporter="source"}[5m]))';
    expect(await message(expr)).toEqual([expect.stringContaining('is counted twice')]);
  });
});

describe('quantiles', () => {
  test.each([
    ['ST2522', 'histogram_quantile(0.9, rate(istio_request_duration_milliseconds_bucket{reporter="source"}[5m]))'],
    ['ST2522', 'histogram_quantile(0.9, (response_latency_ms_bucket)) > 1'],
    ['ST2523', 'histogram_quantile(0.9, sum(rate(x_bucket[5m])))'],
    ['ST2523', 'histogram_quantile(0.9, sum without (le) (rate(x_bucket[5m])))'],
    ['ST2523', 'histogram_quantile(0.9, sum by (job) (sum by (le, job) (rate(x_bucket[5m]))))'],
    ['ST2523', 'histogram_quantile(0.9, rate(x_count[5m]))'],
  ])('%s in %s', async (code, expr) => {
    expect(codesOf(await find(file(expr), ['ST2522', 'ST2523']))).toEqual([code]);
  });

  test.each([
    'histogram_quantile(0.9, sum by (le) (rate(istio_request_duration_milliseconds_bucket{reporter="source"}[5m])))',
    // One process, one histogram: a quantile of each is what is wanted.
    'histogram_quantile(0.9, rate(prometheus_tsdb_compaction_duration_seconds_bucket[5m]))',
    // A native histogram has no le.
    'histogram_quantile(0.9, sum(rate(x_seconds[5m])))',
    'histogram_quantile(0.9, sum by (job) (job:x_bucket:rate5m))',
  ])('nothing in %s', async (expr) => {
    expect(codesOf(await find(file(expr), ['ST2522', 'ST2523']))).toEqual([]);
  });
});

describe('burn rates', () => {
  const ratio = (window: string): string => `sum(rate(errors[${window}])) / sum(rate(all[${window}]))`;
  const message = async (...rules: string[]): Promise<string[]> =>
    (await find(file(...rules), ['ST2524'])).map((finding) => finding.message);

  test.each([
    [`${ratio('30d')} > 14.4 * 0.001`, '14.4 times the budget of 30 days is spent'],
    [`(1 - 0.999) * 14.4 < ${ratio('30d')}`, '14.4 times the budget of 30 days is spent'],
    [`${ratio('5d')} >= (6 * 0.001)`, 'the whole budget of 30 days is spent'],
    [`100 * (${ratio('1w')}) > (100 - 99.9) * 6`, '1.4 times the budget of 30 days is spent'],
    [`${ratio('1h')} > 14.4 * 0.001 and ${ratio('4w')} > 2 * 0.001`, '1.87 times the budget of 30 days is spent'],
  ])('%s', async (expr, end) => {
    expect(await message(expr)).toEqual([expect.stringMatching(`${end}$`)]);
  });

  test.each([
    `${ratio('1h')} > 14.4 * 0.001`,
    `${ratio('6h')} > 6 * 0.001`,
    `${ratio('3d')} > 1 * 0.001`,
    // No factor: whether the objective holds.
    `${ratio('30d')} > 0.001`,
    `${ratio('30d')} > (1 - 0.999)`,
    // Two windows in one ratio, a window that is computed, one that is not known.
    `sum(rate(errors[30d])) / sum(rate(all[1h])) > 14.4 * 0.001`,
    `${ratio('30d + 1d')} > 14.4 * 0.001`,
    'job:errors:ratio > 14.4 * 0.001',
    '14.4 > bool 2 * 0.001',
  ])('nothing in %s', async (expr) => {
    expect(await message(expr)).toEqual([]);
  });

  test('the window of a recording is that of what it records, however far', async () => {
    const rules = [`job:ok:ratio = ${ratio('30d')}`, 'job:errors = 1 - job:ok:ratio'];
    expect(await message(...rules, 'job:errors > 14.4 * 0.001')).toHaveLength(1);
    expect(await message(...rules, `job:ok:ratio = ${ratio('1h')}`, 'job:errors > 14.4 * 0.001')).toEqual([]);
    expect(await message('a:b = a:b', 'a:b > 14.4 * 0.001')).toEqual([]);
    expect(await message('a:b = sum_over_time(c:d[30d])', `c:d = ${ratio('5m')}`, 'a:b > 2 * 0.001')).toHaveLength(1);
  });
});

describe('the order of a group', () => {
  test('says where the recording is, and is quiet where an earlier one is', async () => {
    const late = await find(file('job:a < 1', 'job:a = sum(a)'), ['ST2525']);
    expect(late.map(({ message }) => message)).toEqual([
      'job:a is recorded further down in this group, in line 5: here it is that of the evaluation before',
    ]);
    expect(await find(file('job:a = sum(a)', 'job:a < 1', 'job:a = sum(b)'), ['ST2525'])).toEqual([]);
    expect(await find(file('job:a = job:a + 1'), ['ST2525'])).toEqual([]);
  });
});

describe('scrapes', () => {
  const prometheus = (spec: string): string =>
    `apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: k8s, namespace: m}\nspec: ${spec}\n`;
  const rules = file('rate(a[1m]) > 1');

  test.each([
    ['no Prometheus', rules, 'the range is 1m, with a scrape every 1m (the default of Prometheus)'],
    [
      'the operator',
      `${rules}---\n${prometheus('{}')}`,
      'with a scrape every 30s (as the Prometheus in the input says)',
    ],
    ['an interval', `${rules}---\n${prometheus('{scrapeInterval: 20s}')}`, 'with a scrape every 20s'],
  ])('with %s', async (_, text, message) => {
    expect((await find(text, ['ST2528'])).map((finding) => finding.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  test('that are often enough', async () => {
    expect(await find(`${rules}---\n${prometheus('{scrapeInterval: 15s}')}`, ['ST2528'])).toEqual([]);
  });
});

describe('what is no rule', () => {
  test.each([
    'groups: 5',
    'groups: [5, {rules: 5}, {rules: [5, {}, {expr: ")"}, {alert: 5, expr: ")"}]}]',
    'groups: [{name: a, users: [b]}]',
    'alerting_rules: [a]',
    'alerting_rules: {a: 5, b: [{expr: ")"}]}',
  ])('%s', async (text) => {
    expect(await find(text, CODES)).toEqual([]);
  });

  property.prop([fc.string({ maxLength: 200 }), fc.constantFrom('record', 'alert')], { numRuns: 500, seed: 14 })(
    'whatever stands in expr, nothing is thrown, and each place is a place',
    async (expr, kind) => {
      const value = JSON.stringify(expr);
      for (const { position } of await find(`groups: [{rules: [{${kind}: a, expr: ${value}}]}]`, CODES)) {
        expect(position?.line).toBe(1);
      }
    },
  );
});

const SHARED = fileURLToPath(new URL('../../../../../shared/', import.meta.url));
const isPresent = existsSync(SHARED);
if (!isPresent) console.warn('no seed files and no collection of manifests beside the checkout: skipped');

describe.skipIf(!isPresent)('the seed files', () => {
  const odd = async (name: string): Promise<string[]> =>
    placesOf((await lintPaths([`${SHARED}seed-yaml/${name}`], { only: CODES })).result.findings);

  test('14: an alert at 14.4 times the budget over 30 days', async () => {
    expect(await odd('14-slo-prometheusrule.yaml')).toEqual(['ST2524 29:9']);
  });

  test('23: both views in one sum, and a quantile of each pair', async () => {
    expect(await odd('23-alerting-rules.yaml')).toEqual([
      'ST2521 6:18',
      'ST2521 18:16',
      'ST2522 18:16',
      'ST2521 28:18',
    ]);
  });
});

describe.skipIf(!isPresent)('real rules', () => {
  test('are all read, and hardly anything is said of them', async () => {
    const { findings } = (await lintPaths([`${SHARED}corpus`], { only: DEFAULT })).result;
    const counts = DEFAULT.map((code) => [code, findings.filter((finding) => finding.code === code).length]);
    expect(Object.fromEntries(counts)).toEqual({
      ST2520: 0,
      // The p99 of awesome-prometheus-alerts; those of istio/tools keep namespaces apart.
      ST2521: 1,
      ST2522: 0,
      ST2523: 0,
      ST2524: 0,
      // kubernetes-mixin: code_verb:apiserver_request_total:increase1h.
      ST2525: 1,
      ST2527: 0,
    });
  });
});
