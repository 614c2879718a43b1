// PromQL as Prometheus reads it. Which expressions are refused, and where, is what `promtool check rules` of Prometheus 2.42 says, unless
// another release is named; a random sample of 30 000 damaged expressions was compared with it too.
import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { bare, constantOf, type Expression } from '../../../../models/lint/promql/expression.js';
import { parsePromql } from '../../../../models/lint/promql/parse.js';

/** The expression with all its parentheses; `~` for what is shifted in time. */
function shape(expression: Expression | null): string {
  if (expression === null) return '';
  const found = bare(expression);
  switch (found.kind) {
    case 'number':
    case 'string':
      return JSON.stringify(found.value);
    case 'selector': {
      const own = found.matchers.map(({ label, operator, value }) => `${label}${operator}${value}`);
      return `${found.metric ?? ''}${own.length === 0 ? '' : `{${own.join()}}`}`;
    }
    case 'unary':
      return `${found.operator}${shape(found.of)}`;
    case 'range':
      return `${shape(found.of)}[${found.lengthNs === null ? '?' : found.lengthNs / 1e9}]`;
    case 'subquery':
      return `${shape(found.of)}[${found.lengthNs === null ? '?' : found.lengthNs / 1e9}:]`;
    case 'shifted':
      return `~${shape(found.of)}`;
    case 'aggregation': {
      const grouping = found.grouping === null ? '' : ` ${found.grouping.kind}(${found.grouping.labels.join()})`;
      return `${found.operator}${grouping}(${found.args.map(shape).join()})`;
    }
    case 'call':
      return `${found.name}(${found.args.map(shape).join()})`;
    case 'binary': {
      const matching = found.matching === null ? '' : `[${found.matching.join()}]`;
      const sign = `${found.operator}${found.isBool ? '?' : ''}${matching}`;
      return `(${shape(found.left)} ${sign} ${shape(found.right)})`;
    }
  }
}

describe('the tree', () => {
  test.each([
    ['sum by (le, job) (rate(x_bucket{a="b",c!~"d.*"}[5m]))', 'sum by(le,job)(rate(x_bucket{a=b,c!~d.*}[300]))'],
    ['SUM(x) WITHOUT (pod,)', 'sum without(pod)(x)'],
    ['topk(5, x) > bool 1', '(topk(5,x) >? 1)'],
    ['a / on(x, y) group_left(z) b', '(a /[x,y] b)'],
    ['{"http.requests", code=~`5\\d\\d`}', 'http.requests{__name__=http.requests,code=~5\\d\\d}'],
    ['{__name__="x"}', 'x{__name__=x}'],
    [`x{a='it\\'s \\x41\\u00e9\\101'}`, "x{a=it's AéA}"],
    ['max_over_time(rate(x[1m])[1h:5m] offset 1d)', 'max_over_time(~rate(x[60])[3600:])'],
    ['(1 - 0.999) * 14.4', '((1 - 0.999) * 14.4)'],
    ['x > -1.5e3', '(x > -1500)'],
    ['x > 5.', '(x > 5)'],
    ['(\n  # why\n  a # what\n  + b\n)', '(a + b)'],
    // Prometheus 3: numbers for durations, and the contrary.
    ['rate(x[300]) > 1h', '(rate(x[300]) > 3600)'],
    ['rate(x[5m + 1m])', 'rate(x[?])'],
    // The operand right before it has the modifier, and precedence holds beyond it.
    ['a + b offset 1h * c', '(a + (~b * c))'],
    ['a > b offset 5m and c', '((a > ~b) and c)'],
    ['a * b @ 7 + c', '((a * ~b) + c)'],
    ['-b offset 5m', '-~b'],
    ['a ^ b offset 1h ^ c', '(a ^ (~b ^ c))'],
    ['a + b offset 1h * c offset 1h ^ d', '(a + (~b * (~c ^ d)))'],
    ['a or b and c == d + e * f ^ g', '(a or (b and (c == (d + (e * (f ^ g))))))'],
  ])('of %s', (text, expected) => {
    const { expression, problem } = parsePromql(text);
    expect(problem).toBeNull();
    expect(shape(expression)).toBe(expected);
  });

  test.each([
    ['(1 - 0.75) * 14', 3.5],
    ['-(2 + 4) / 3', -2],
    ['0x10', 16],
    ['x + 1', null],
    ['2 ^ 3', null],
  ])('%s comes to %s', (text, value) => {
    const { expression } = parsePromql(text);
    expect(expression === null ? undefined : constantOf(expression)).toBe(value);
  });
});

describe('what Prometheus refuses', () => {
  test.each([
    ['sum by (job) (rate(x[5m])', 13, 'the "(" is not closed'],
    ['x{a="b', 4, 'the text is not closed'],
    ['x y', 2, '"y" is not expected here'],
    ['x)', 1, '")" is not expected here'],
    [') x', 0, '")" cannot begin an expression'],
    ['x and', 4, 'something is missing at the end'],
    ['x > 1 && y', 6, '"&" is not expected here'],
    ['x{a=b}', 4, '"b" is not expected here'],
    ['x{a="b" c="d"}', 8, '"c" is not expected here'],
    ['sum(avg_rate(x[5m]))', 4, 'there is no function "avg_rate"'],
    ['x{a=~"foo\\.bar"}', 9, '"\\." is no escape'],
    ['x{a=~"("}', 2, '"(" is no regular expression of Go'],
    ['{a=~".*"}', 0, 'the selector would take every series'],
    ['x{__name__="y"}', 2, 'the name of the metric is given twice'],
    ['1 + rate(x)', 9, 'rate takes a range vector, and this is an instant vector'],
    ['sum(x[5m])', 4, 'sum takes an instant vector, and this is a range vector'],
    ['rate(sum(x)[5m])', 5, 'only a selector has a range such as [5m]'],
    ['rate(x offset 1h[5m])', 5, 'only a selector has a range such as [5m]'],
    ['sum(x) offset 5m', 0, 'offset and @ belong to a selector'],
    ['topk(x)', 0, 'topk takes 2 arguments, and 1 is given'],
    ['hour(x, y)', 0, 'hour takes at most 1 argument, and 2 are given'],
    ['label_join(x, "a")', 0, 'label_join takes at least 3 arguments, and 2 are given'],
    ['histogram_quantile(x, 0.9)', 19, 'histogram_quantile takes a scalar, and this is an instant vector'],
    ['2 > 1', 2, 'two numbers are compared'],
    ['x + bool y', 2, 'bool belongs to comparisons, not to +'],
    ['x and 1', 2, 'and joins vectors, and one side is a number'],
    ['x > "a"', 4, 'operators take instant vectors and numbers, and this is a string'],
    ['x + on(a) 1', 2, 'on() and ignoring() match two vectors, and one side is a number'],
    ['x[5m:1m][5m:1m]', 0, 'a subquery takes an instant vector, and this is a range vector'],
    ['rate(x[0s])', 5, 'the range is empty'],
    // What a rule yields is looked at when it is evaluated, each time.
    ['x[5m]', 0, 'a rule yields an instant vector or a number, and this is a range vector'],
    ['"text"', 0, 'a rule yields an instant vector or a number, and this is a string'],
    // Prometheus 3.
    ['holt_winters(x[5m], 0.1, 0.1)', 0, 'there is no function "holt_winters" since Prometheus 3.0'],
  ])('%s', (text, at, message) => {
    expect(parsePromql(text).problem).toMatchObject({ at, message });
  });

  test.each([
    'x{on="a",by="b",bool="c",offset="d",sum="e"}',
    'sum + count / start',
    'sum by (on, group_left, offset) (x)',
    'time() - x > 3600',
    'absent(sum(x))',
    'round(x) + round(x, 5)',
    'vector(scalar(x))',
    'x offset 5m > x @ end()',
    'x{a=~"(?i)a|b", b!=""}',
    'x == 1 == 1',
    '1 > bool 2',
    'label_replace(x, "a", "$1", "b", "(.*)")',
    'quantile_over_time(0.9, x[5m])',
    '42',
  ])('but not %s', (text) => {
    expect(parsePromql(text).problem).toBeNull();
    expect(parsePromql(text).expression).not.toBeNull();
  });

  test.each([
    '',
    ' \n',
    'sum(rate(x[{{ .window }}]))',
    'rate(x[$\u007bWINDOW}])',
    'sum(rate({app="web"} |= "error" [5m]))',
    'sum(rate({app="web"} | json | level="error" [5m]))',
  ])('nothing is said of %j', (text) => {
    expect(parsePromql(text)).toEqual({ expression: null, problem: null });
  });
});

describe('for all texts', () => {
  const words = fc.constantFrom(
    ...['sum', 'by', '(', ')', '[', ']', '{', '}', 'x', '"a"', "'", '`', '\\', '5m', ':', '1', '.', ',', '=~', '>'],
    ...[
      'offset',
      '@',
      'and',
      'on',
      '-',
      '^',
      '#',
      '\n',
      ' ',
      'rate(',
      '(le)',
      'histogram_quantile(',
      '\u0000',
      '\ud800',
    ],
  );

  property.prop(
    [
      fc.oneof(
        fc.string(),
        fc.array(words, { maxLength: 60 }).map((parts) => parts.join('')),
      ),
    ],
    {
      numRuns: 5000,
      seed: 25,
    },
  )('it never throws, and places lie inside', (text) => {
    const { expression, problem } = parsePromql(text);
    if (problem !== null) {
      expect(problem.at).toBeGreaterThanOrEqual(0);
      expect(problem.at).toBeLessThan(text.length);
      expect(problem.message).not.toBe('');
    }
    if (expression !== null) expect(expression.to).toBeLessThanOrEqual(text.length);
  });

  test.each(['(', '-', 'a+', 'sum(', 'a[5m:', '{', 'a or ', '"', 'a{b="c"}, '])('thousands of %j', (part) => {
    expect(() => parsePromql(part.repeat(20_000))).not.toThrow();
    expect(() => parsePromql(`${part.repeat(600)}a`)).not.toThrow();
  });

  test('a long chain of operators is no error', () => {
    expect(parsePromql(`${'a or '.repeat(5000)}a`).problem).toBeNull();
  });
});
