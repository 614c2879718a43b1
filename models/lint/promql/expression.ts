// A PromQL expression as a tree of plain data: what rules of the linter ask about (prometheus: promql/parser/ast.go). Offsets count from
// the start of the text.

/** Where a part of an expression stands: from `from` up to, not including, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Why Prometheus refuses an expression. */
export interface Problem {
  /** Offset in the text. */
  readonly at: number;
  readonly message: string;
  /** how to put it right, where that is known. */
  readonly help?: string;
}

export interface Matcher extends Span {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector extends Span {
  readonly kind: 'selector';
  /** The metric, where it is named by equality; null where it is not. */
  readonly metric: string | null;
  /** Those in braces, one for the name among them. */
  readonly matchers: readonly Matcher[];
  /** The name stands before the braces. */
  readonly isNamedOutside: boolean;
}

/** `x[5m]`; null where the length is computed. */
export interface Range extends Span {
  readonly kind: 'range';
  readonly of: Expression;
  readonly lengthNs: number | null;
}

/** `x[1h:5m]` */
export interface Subquery extends Span {
  readonly kind: 'subquery';
  readonly of: Expression;
  readonly lengthNs: number | null;
}

/** `x offset 1h`, `x @ 0` and the like: the same series at another time. */
export interface Shifted extends Span {
  readonly kind: 'shifted';
  readonly of: Expression;
}

export interface Aggregation extends Span {
  readonly kind: 'aggregation';
  readonly operator: string;
  /** null: neither is written. */
  readonly grouping: { readonly kind: 'by' | 'without'; readonly labels: readonly string[] } | null;
  readonly args: readonly Expression[];
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
}

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly operator: string;
  readonly operatorAt: Span;
  readonly isBool: boolean;
  /** Labels of on() or ignoring(); null where neither is written. */
  readonly matching: readonly string[] | null;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Paren extends Span {
  readonly kind: 'paren';
  readonly of: Expression;
}

export type Expression =
  | (Span & { readonly kind: 'number'; readonly value: number })
  | (Span & { readonly kind: 'string'; readonly value: string })
  | Paren
  | (Span & { readonly kind: 'unary'; readonly operator: string; readonly of: Expression })
  | Selector
  | Range
  | Subquery
  | Shifted
  | Aggregation
  | Call
  | Binary;

export const COMPARISONS: readonly string[] = ['==', '!=', '>', '<', '>=', '<='];
export const SET_OPERATORS: readonly string[] = ['and', 'or', 'unless'];

/** The parts of an expression, one level down, in the order of the text. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'selector':
      return [];
    case 'paren':
    case 'unary':
    case 'range':
    case 'subquery':
    case 'shifted':
      return [expression.of];
    case 'aggregation':
    case 'call':
      return expression.args;
    case 'binary':
      return [expression.left, expression.right];
  }
}

/** The expression and everything in it, outer before inner. */
export function* allIn(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* allIn(part);
}

export function selectorsIn(expression: Expression): Selector[] {
  return [...allIn(expression)].filter((part) => part.kind === 'selector');
}

/** Without the parentheses around it. */
export function bare(expression: Expression): Exclude<Expression, Paren> {
  let found = expression;
  while (found.kind === 'paren') found = found.of;
  return found;
}

/** The number that an expression of literals comes to; null where it is none. */
export function constantOf(expression: Expression): number | null {
  const found = bare(expression);
  if (found.kind === 'number') return found.value;
  if (found.kind === 'unary') {
    const value = constantOf(found.of);
    return value === null ? null : found.operator === '-' ? -value : value;
  }
  if (found.kind !== 'binary') return null;
  const [left, right] = [constantOf(found.left), constantOf(found.right)];
  if (left === null || right === null) return null;
  switch (found.operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    default:
      return null;
  }
}
