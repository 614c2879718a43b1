// Reads the two distributions that are written as measurements: percentiles of a dashboard, and counts in bins.
import { type Argument, type Context, type ParsedDistribution, readNumber } from './arguments.js';

export const EMPIRICAL_EXAMPLE = 'empirical(p50=20ms, p90=45ms, p99=180ms)';
export const HISTOGRAM_EXAMPLE = 'histogram(0ms..5ms: 90, 5ms..50ms: 10)';

export function parseEmpirical(args: readonly Argument[], context: Context): ParsedDistribution {
  const quantiles: [number, number][] = [];
  for (const argument of args) {
    const probability = argument.kind === 'named' ? probabilityOf(argument.name) : null;
    if (argument.kind !== 'named' || probability === null) {
      const found = argument.kind === 'named' ? argument.name : argument.text;
      return {
        error: `\`empirical\` takes percentiles from p0 to p100, min, median and max, not \`${found}\`; for example ${EMPIRICAL_EXAMPLE}`,
      };
    }
    const value = context.parseValue(argument.text);
    if (value === null)
      return {
        error: `cannot read \`${argument.text}\` as ${argument.name} of \`empirical\`; for example ${EMPIRICAL_EXAMPLE}`,
      };
    quantiles.push([probability, value]);
  }
  quantiles.sort((a, b) => a[0] - b[0]);
  return { spec: { kind: 'empirical', quantiles } };
}

function probabilityOf(name: string): number | null {
  if (name === 'min') return 0;
  if (name === 'median') return 0.5;
  if (name === 'max') return 1;
  const percent = /^p(\d+(?:\.\d+)?)$/.exec(name);
  // Through decimal digits, so that p99.9 is the same number as 0.999.
  const probability = percent === null ? Number.NaN : Number((Number(percent[1]) / 100).toPrecision(15));
  return probability <= 1 ? probability : null;
}

export function parseHistogram(texts: readonly string[], context: Context): ParsedDistribution {
  const edges: number[] = [];
  const counts: number[] = [];
  for (const text of texts) {
    const match = /^(.+?)\.\.(.+):(.+)$/.exec(text);
    const from = match === null ? null : context.parseValue(match[1].trim());
    const to = match === null ? null : context.parseValue(match[2].trim());
    const count = match === null ? null : readNumber(match[3].trim());
    if (from === null || to === null || count === null)
      return { error: `cannot read the bin \`${text}\`; for example ${HISTOGRAM_EXAMPLE}` };
    if (edges.length > 0 && edges[edges.length - 1] !== from) {
      return { error: `bins of \`histogram\` must adjoin: \`${text}\` does not begin where the bin before it ends` };
    }
    if (edges.length === 0) edges.push(from);
    edges.push(to);
    counts.push(count);
  }
  return { spec: { kind: 'histogram', edges, counts } };
}
