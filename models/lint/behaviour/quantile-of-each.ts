// ST2522 and ST2523: histogram_quantile over buckets that are not summed, or that have lost `le` (prometheus: promql/functions.go
// funcHistogramQuantile, which makes one histogram of the series that differ in `le` alone).

import type { LintMesh } from '../mesh.js';
import {
  type Aggregation,
  allIn,
  bare,
  type Call,
  type Expression,
  partsOf,
  type Selector,
} from '../promql/expression.js';
import type { PromRule } from '../promql/prom-rules.js';
import type { Rule } from '../rule.js';

const SOURCE = 'prometheus: promql/functions.go (funcHistogramQuantile), docs/practices/histograms.md';

/** Histograms of proxies: a series for each pair of pods or workloads, code and view. */
const OF_PROXIES = /^(?:istio_\w+_bucket|response_latency_ms_bucket|envoy_cluster_\w+_bucket)$/;
const WITHOUT_BUCKETS = /_(?:sum|count|total)$/;

export const quantileOfEach: Rule = {
  code: 'ST2522',
  name: 'QuantileOfEachSeries',
  title: 'a quantile of each series by itself',
  severity: 'warning',
  why: 'A proxy has a histogram for each peer, code and view. Without a sum by le, histogram_quantile makes a quantile of each of them, and the alert fires for any one, however few requests it has; the requests of all are never looked at together.',
  help: 'sum the buckets first: sum by (le, destination_workload) (rate(…))',
  source: SOURCE,
  check(mesh, report) {
    for (const { rule, buckets } of quantiles(mesh)) {
      const found = unsummed(buckets);
      if (found === null) continue;
      const means =
        rule.kind === 'alert'
          ? 'each pair of workloads and each response code has a quantile of its own, and any one of them fires the alert'
          : 'a quantile is recorded for each pair of workloads and each response code';
      rule.report(report, found.from, `${found.metric} is not summed by le: ${means}`);
    }
  },
};

export const quantileWithoutBuckets: Rule = {
  code: 'ST2523',
  name: 'QuantileWithoutBuckets',
  title: 'a quantile of series that have no buckets',
  severity: 'error',
  why: 'histogram_quantile needs the label le of the buckets. Where the sum leaves it out, or the series are no buckets, it yields nothing: the alert never fires, the recording is empty.',
  help: 'keep le in the sum: sum by (le) (rate(…_bucket[5m]))',
  source: SOURCE,
  check(mesh, report) {
    for (const { rule, buckets } of quantiles(mesh)) {
      for (const part of allIn(buckets)) {
        if (part.kind === 'aggregation' && losesBuckets(part)) {
          rule.report(report, part.from, `the ${part.operator} leaves out le, and histogram_quantile finds no bucket`);
          break;
        }
        if (part.kind === 'selector' && part.metric !== null && WITHOUT_BUCKETS.test(part.metric)) {
          const help = `take the buckets: ${part.metric.replace(WITHOUT_BUCKETS, '_bucket')}`;
          rule.report(report, part.from, `${part.metric} has no buckets, and so no quantile`, help);
          break;
        }
      }
    }
  },
};

function quantiles(mesh: LintMesh): { readonly rule: PromRule; readonly buckets: Expression }[] {
  return mesh.prometheus.rules.flatMap((rule) => {
    const { expression } = rule;
    const calls = expression === null ? [] : [...allIn(expression)].filter((part) => part.kind === 'call');
    return calls
      .filter(({ name }: Call) => name === 'histogram_quantile')
      .flatMap(({ args }) => {
        const buckets = args[1];
        return buckets === undefined ? [] : [{ rule, buckets }];
      });
  });
}

/** Buckets of a proxy that nothing sums. */
function unsummed(expression: Expression): Selector | null {
  const found = bare(expression);
  if (found.kind === 'selector') return OF_PROXIES.test(found.metric ?? '') ? found : null;
  if (found.kind === 'aggregation') return null;
  for (const part of partsOf(found)) {
    const selector = unsummed(part);
    if (selector !== null) return selector;
  }
  return null;
}

function losesBuckets({ grouping, args }: Aggregation): boolean {
  const isOfBuckets = args.some((arg) =>
    [...allIn(arg)].some((part) => part.kind === 'selector' && part.metric?.endsWith('_bucket') === true),
  );
  if (!isOfBuckets) return false;
  return grouping === null || grouping.labels.includes('le') !== (grouping.kind === 'by');
}
