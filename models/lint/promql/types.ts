// What the types of PromQL forbid: `rate` of an instant vector, a comparison of two numbers without bool, and the like (prometheus:
// promql/parser/parse.go checkAST; rules/rule.go and rules/manager.go EngineQueryFunc for what a rule may yield).
import { lookup } from '../../../sim/lookup.js';
import { quote } from '../../config/place.js';
import { regex } from '../../plan/terms/match.js';
import {
  type Binary,
  bare,
  type Call,
  COMPARISONS,
  type Expression,
  type Problem,
  SET_OPERATORS,
  type Selector,
} from './expression.js';
import { signatureOf, type ValueType } from './functions.js';

/** Aggregations that take a parameter before the vector. */
const PARAMETERS: Readonly<Record<string, ValueType>> = {
  topk: 'scalar',
  bottomk: 'scalar',
  quantile: 'scalar',
  limitk: 'scalar',
  limit_ratio: 'scalar',
  count_values: 'string',
};

/** The first thing that Prometheus refuses in the expression of a rule, or null. */
export function typeProblem(expression: Expression): Problem | null {
  const found = problemIn(expression);
  if (found !== null) return found;
  const type = typeOf(expression);
  if (type === 'instant vector' || type === 'scalar') return null;
  return {
    at: expression.from,
    message: `a rule yields an instant vector or a number, and this is a ${type}`,
    ...helpOf(type),
  };
}

/** How a range vector becomes something that can be used. */
function helpOf(type: ValueType): Pick<Problem, 'help'> {
  return type === 'range vector' ? { help: 'put a function such as rate() around it' } : {};
}

function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'selector':
    case 'aggregation':
      return 'instant vector';
    case 'range':
    case 'subquery':
      return 'range vector';
    case 'paren':
    case 'unary':
    case 'shifted':
      return typeOf(expression.of);
    case 'call':
      return signatureOf(expression.name)?.result ?? 'instant vector';
    case 'binary':
      return typeOf(expression.left) === 'scalar' && typeOf(expression.right) === 'scalar'
        ? 'scalar'
        : 'instant vector';
  }
}

function problemIn(expression: Expression): Problem | null {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return null;
    case 'selector':
      return selectorProblem(expression);
    case 'paren':
      return problemIn(expression.of);
    case 'unary':
      return problemIn(expression.of) ?? operandProblem(expression.of);
    case 'range':
      if (expression.lengthNs === 0)
        return { at: expression.from, message: 'the range is empty', help: 'make it longer than 0' };
      if (expression.of.kind === 'selector') return problemIn(expression.of);
      return {
        at: expression.from,
        message: 'only a selector has a range such as [5m]',
        help: expression.of.kind === 'shifted' ? 'put offset and @ after the range' : 'make it a subquery: [5m:]',
      };
    case 'subquery':
      return problemIn(expression.of) ?? expected(expression.of, 'instant vector', 'a subquery');
    case 'shifted': {
      const { kind } = expression.of;
      if (kind === 'selector' || kind === 'range' || kind === 'subquery' || kind === 'shifted')
        return problemIn(expression.of);
      return { at: expression.from, message: 'offset and @ belong to a selector', help: 'put it after the selector' };
    }
    case 'aggregation': {
      const { operator, args } = expression;
      const parameter = lookup(PARAMETERS, operator);
      const types: readonly ValueType[] = parameter === undefined ? ['instant vector'] : [parameter, 'instant vector'];
      return argsProblem(operator, args, { args: types, least: types.length, most: types.length }, expression.from);
    }
    case 'call':
      return callProblem(expression);
    case 'binary':
      return binaryProblem(expression);
  }
}

function selectorProblem({ matchers, isNamedOutside, from }: Selector): Problem | null {
  for (const { label, operator, value, from: at } of matchers) {
    if (label === '__name__' && isNamedOutside) return { at, message: 'the name of the metric is given twice' };
    if (operator.endsWith('~') && regex(value) === null)
      return { at, message: `${quote(value)} is no regular expression of Go` };
  }
  if (isNamedOutside || matchers.some((matcher) => !matchesNothing(matcher.operator, matcher.value))) return null;
  return {
    at: from,
    message: 'the selector would take every series',
    help: 'name a metric, or give a matcher that an absent label does not fulfil',
  };
}

/** Whether a matcher takes series that do not have the label. */
function matchesNothing(operator: string, value: string): boolean {
  switch (operator) {
    case '=':
      return value === '';
    case '!=':
      return value !== '';
    default:
      return (regex(value)?.matches('') ?? false) === (operator === '=~');
  }
}

function callProblem({ name, args, from }: Call): Problem | null {
  const signature = signatureOf(name);
  if (name === 'info') return null;
  if (signature !== null) return argsProblem(name, args, signature, from);
  return first(args, problemIn);
}

function argsProblem(
  name: string,
  args: readonly Expression[],
  { args: types, least, most }: { readonly args: readonly ValueType[]; readonly least: number; readonly most: number },
  at: number,
): Problem | null {
  if (args.length < least || args.length > most) {
    const wanted = least === most ? String(least) : args.length < least ? `at least ${least}` : `at most ${most}`;
    return {
      at,
      message: `${name} takes ${wanted} argument${wanted.endsWith('1') ? '' : 's'}, and ${args.length} ${args.length === 1 ? 'is' : 'are'} given`,
    };
  }
  return first(args, (arg, index) => {
    const wanted = types[Math.min(index, types.length - 1)];
    return problemIn(arg) ?? (wanted === undefined ? null : expected(arg, wanted, name));
  });
}

function expected(arg: Expression, wanted: ValueType, by: string): Problem | null {
  const type = typeOf(arg);
  if (type === wanted) return null;
  const message = `${by} takes a ${wanted}, and this is a ${type}`.replaceAll('a instant', 'an instant');
  if (wanted === 'range vector' && type === 'instant vector') {
    const isSelector = bare(arg).kind === 'selector';
    return { at: arg.from, message, help: isSelector ? 'give it a range: [5m]' : 'make it a subquery: [5m:]' };
  }
  return { at: arg.from, message, ...helpOf(type) };
}

function binaryProblem({ operator, operatorAt, isBool, matching, left, right }: Binary): Problem | null {
  const at = operatorAt.from;
  const inside = problemIn(left) ?? problemIn(right);
  if (inside !== null) return inside;
  const isComparison = COMPARISONS.includes(operator);
  const scalars = [left, right].filter((side) => typeOf(side) === 'scalar').length;
  if (isBool && !isComparison) return { at, message: `bool belongs to comparisons, not to ${operator}` };
  if (isComparison && !isBool && scalars === 2)
    return { at, message: 'two numbers are compared', help: `write ${operator} bool, or compare a vector` };
  const operand = operandProblem(left) ?? operandProblem(right);
  if (operand !== null) return operand;
  if (scalars > 0 && SET_OPERATORS.includes(operator))
    return { at, message: `${operator} joins vectors, and one side is a number`, help: 'use vector()' };
  if (scalars > 0 && matching !== null && matching.length > 0)
    return { at, message: 'on() and ignoring() match two vectors, and one side is a number' };
  return null;
}

function operandProblem(operand: Expression): Problem | null {
  const type = typeOf(operand);
  if (type === 'scalar' || type === 'instant vector') return null;
  return {
    at: operand.from,
    message: `operators take instant vectors and numbers, and this is a ${type}`,
    ...helpOf(type),
  };
}

function first<T>(items: readonly T[], problem: (item: T, index: number) => Problem | null): Problem | null {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index);
    if (found !== null) return found;
  }
  return null;
}
