// ST2527 and ST2528: times of rules that are shorter than the clock they go by (prometheus: rules/alerting.go Eval; promql/functions.go
// extrapolatedRate, which needs two samples).
import { formatPrometheusDuration, parsePrometheusDuration } from '../../config/prometheus-duration.js';
import { type LintMesh, MONITORING } from '../mesh.js';
import { textAt } from '../plain-access.js';
import { allIn, type Call, type Range } from '../promql/expression.js';
import type { Rule } from '../rule.js';

/** Samples that a range should hold: one may be missing, and the ends are rarely hit. */
const SAMPLES = 4;
const PROMETHEUS_NS = 60e9;
/** Of the Prometheus operator. */
const OPERATOR = '30s';
const RATES: readonly string[] = ['rate', 'increase', 'irate'];

export const forBelowInterval: Rule = {
  code: 'ST2527',
  name: 'ForBelowInterval',
  title: 'for is shorter than the interval of the group',
  severity: 'info',
  why: 'An alert is pending from one evaluation of its group and can fire at the next at the earliest: for that is shorter than the interval waits for the interval.',
  help: 'give for at least the interval, or shorten the interval',
  source: 'prometheus: rules/alerting.go (Eval)',
  check(mesh, report) {
    for (const { intervalNs, rules } of mesh.prometheus.groups) {
      if (intervalNs === null) continue;
      for (const rule of rules) {
        if (rule.kind !== 'alert' || rule.forNs === 0 || rule.forNs >= intervalNs) continue;
        const [own, interval] = [formatPrometheusDuration(rule.forNs), formatPrometheusDuration(intervalNs)];
        rule.reportField(
          report,
          'for',
          `for is ${own}, and the group is evaluated every ${interval}: it waits ${interval}`,
        );
      }
    }
  },
};

export const rangeBelowScrapes: Rule = {
  code: 'ST2528',
  name: 'RangeBelowScrapes',
  title: 'a rate over few scrapes',
  severity: 'info',
  isOff: true,
  why: 'A rate needs two samples in its range, and one scrape may fail: with less than four intervals between scrapes it has gaps, and alerts over it resolve and start anew. The interval is that of the Prometheus in the input (30s where the operator is not told), else 1m, the default of Prometheus.',
  help: 'use a range of at least four intervals, or scrape more often',
  source: 'prometheus: promql/functions.go (extrapolatedRate), docs/configuration (scrape_interval)',
  check(mesh, report) {
    const { intervalNs, origin } = scrapes(mesh);
    for (const rule of mesh.prometheus.rules) {
      for (const part of rule.expression === null ? [] : allIn(rule.expression)) {
        const range = part.kind === 'call' ? rangeOf(part) : null;
        if (range?.lengthNs == null || range.lengthNs >= SAMPLES * intervalNs) continue;
        const [length, interval] = [formatPrometheusDuration(range.lengthNs), formatPrometheusDuration(intervalNs)];
        rule.report(report, range.from, `the range is ${length}, with a scrape every ${interval} (${origin})`);
      }
    }
  },
};

function rangeOf({ name, args }: Call): Range | null {
  const range = RATES.includes(name) ? args.find(({ kind }) => kind === 'range') : undefined;
  return range?.kind === 'range' ? range : null;
}

/** The longest interval of the Prometheus objects. */
function scrapes(mesh: LintMesh): { readonly intervalNs: number; readonly origin: string } {
  const servers = mesh.all(MONITORING, 'Prometheus');
  const intervals = servers.flatMap(
    ({ value }) => parsePrometheusDuration(textAt(value, 'spec', 'scrapeInterval') ?? OPERATOR) ?? [],
  );
  return intervals.length === 0
    ? { intervalNs: PROMETHEUS_NS, origin: 'the default of Prometheus' }
    : { intervalNs: Math.max(...intervals), origin: 'as the Prometheus in the input says' };
}
