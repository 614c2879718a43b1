// ST2521: Istio's metrics without the side that reports them: the proxy of the client and that of the server each count a request.
import { type Aggregation, type Binary, bare, type Expression, partsOf, type Selector } from '../promql/expression.js';
import type { PromRule } from '../promql/prom-rules.js';
import type { Report } from '../report.js';
import type { Rule } from '../rule.js';

const STANDARD =
  /^istio_(?:requests_total|request_messages_total|response_messages_total|(?:request_duration_milliseconds|request_bytes|response_bytes)(?:_bucket|_sum|_count)?|tcp_\w+)$/;
/** Labels that tell the sides apart, by themselves or because they name the pods that report. */
const TELLING: readonly string[] = [
  'reporter',
  'connection_security_policy',
  'app',
  'pod',
  'pod_name',
  'kubernetes_pod_name',
  'instance',
  'container',
];
/** Labels of the scrape say whose proxy it was; namespaces keep the sides apart wherever caller and server have namespaces of their own. */
const APART: readonly string[] = [...TELLING, 'namespace', 'kubernetes_namespace'];
const ADDING: readonly string[] = ['sum', 'avg', 'count'];

/** A selector that takes both sides. */
interface Found {
  readonly selector: Selector;
  /** Whether the sides are added up. */
  readonly isAdded: boolean;
}

export const countedTwice: Rule = {
  code: 'ST2521',
  name: 'CountedTwice',
  title: 'a metric of Istio that counts each request twice',
  severity: 'warning',
  why: 'The proxy of the client (reporter="source") and the proxy of the server (reporter="destination") each report a request. Failures that never reach the server (time-outs, no healthy host, open circuits, injected faults) are reported by the client alone, so a ratio over both views is that of neither.',
  help: 'add reporter="destination" for what servers answer, or reporter="source" for what clients get',
  source: 'istio: pilot/pkg/model/telemetry.go; istio.io: docs/reference/config/metrics (label reporter)',
  check(mesh, report) {
    for (const rule of mesh.prometheus.rules) {
      if (rule.expression !== null) look(rule.expression, rule, report);
    }
  },
};

/** Ratios as a whole first, then what is left. */
function look(expression: Expression, rule: PromRule, report: Report): void {
  if (expression.kind === 'binary' && expression.operator === '/' && tellRatio(expression, rule, report)) return;
  if (expression.kind === 'selector' || expression.kind === 'aggregation') {
    for (const { selector, isAdded } of bothSides(expression)) tell(selector, isAdded, rule, report);
    return;
  }
  if (asksWhetherThere(expression)) return;
  for (const part of partsOf(expression)) look(part, rule, report);
}

function tellRatio({ left, right }: Binary, rule: PromRule, report: Report): boolean {
  const [above, below] = [bothSides(left), bothSides(right)];
  const first = above[0];
  if (first === undefined || below.length === 0) return false;
  rule.report(
    report,
    first.selector.from,
    `above and below the line, ${first.selector.metric} is counted by the client's proxy and again by the server's: the ratio mixes both views, and a failure that only the client sees weighs half`,
  );
  return true;
}

function tell({ metric, from }: Selector, isAdded: boolean, rule: PromRule, report: Report): void {
  const name = metric ?? '';
  const what = name.startsWith('istio_tcp_') ? 'each connection' : 'each request';
  const times = name.includes('_duration_') ? ', with the times that each of them saw' : '';
  const means = isAdded
    ? `${what} is counted twice, by the client's proxy and by the server's${times}`
    : `${what} is in two series, that of the client's proxy and that of the server's, and both are looked at`;
  rule.report(report, from, `${name} without reporter: ${means}`);
}

/** The selectors that take both sides and whose sides are not kept apart. */
function bothSides(expression: Expression, isAdded = false): Found[] {
  if (expression.kind === 'selector') return takesBoth(expression) ? [{ selector: expression, isAdded }] : [];
  if (asksWhetherThere(expression)) return [];
  if (expression.kind !== 'aggregation') return partsOf(expression).flatMap((part) => bothSides(part, isAdded));
  if (keepsApart(expression)) return [];
  const isSum = isAdded || ADDING.includes(expression.operator);
  return expression.args.flatMap((arg) => bothSides(bare(arg), isSum));
}

/** absent() looks at no value. */
function asksWhetherThere(expression: Expression): boolean {
  return expression.kind === 'call' && expression.name.startsWith('absent');
}

function takesBoth({ metric, matchers }: Selector): boolean {
  return metric !== null && STANDARD.test(metric) && !matchers.some(({ label }) => TELLING.includes(label));
}

function keepsApart({ grouping }: Aggregation): boolean {
  if (grouping === null) return false;
  const names = grouping.labels.includes('reporter');
  return grouping.kind === 'by' ? names || grouping.labels.some((label) => APART.includes(label)) : !names;
}
