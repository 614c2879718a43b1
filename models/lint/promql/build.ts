// The syntax tree of the official grammar → expressions. The grammar of editors binds what follows a selector (`[5m]`, `offset`, `@`) more
// loosely than Prometheus does: `a + b offset 1h` is shifted as a whole there. It is put right here (prometheus:
// promql/parser/generated_parser.y, where the modifiers belong to the operand before them).
import type { SyntaxNode } from '@lezer/common';
import { parsePrometheusDuration } from '../../config/prometheus-duration.js';
import type { Binary, Expression, Matcher, Selector, Span } from './expression.js';
import { unquote } from './text.js';

/** Expressions inside one another; real ones stay below 20. */
const MAX_DEPTH = 500;

const PRECEDENCE: readonly (readonly string[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '<', '>=', '<=', '</', '>/'],
  ['+', '-'],
  ['*', '/', '%', 'atan2'],
  ['^'],
];

/** Throws nothing; null where the tree is not whole, or too deep. */
export function expressionOf(root: SyntaxNode, text: string): Expression | null {
  const [only] = childrenOf(root);
  return only === undefined ? null : new Builder(text).build(only, 0);
}

class Builder {
  constructor(private readonly text: string) {}

  build(node: SyntaxNode, depth: number): Expression | null {
    if (depth > MAX_DEPTH || node.type.isError) return null;
    const { from, to } = node;
    const [first] = childrenOf(node);
    const inner = (child: SyntaxNode | undefined): Expression | null =>
      child === undefined ? null : this.build(child, depth + 1);
    switch (node.name) {
      case 'NumberDurationLiteral':
        return { kind: 'number', value: numberOf(this.textOf(node)), from, to };
      case 'StringLiteral':
        return { kind: 'string', value: this.unquoted(node), from, to };
      case 'VectorSelector':
        return this.selector(node);
      case 'ParenExpr': {
        const of = inner(first);
        return of && { kind: 'paren', of, from, to };
      }
      case 'UnaryExpr': {
        const of = inner(childrenOf(node).at(-1));
        return of && { kind: 'unary', operator: this.textOf(first), of, from, to };
      }
      case 'MatrixSelector':
      case 'SubqueryExpr': {
        const kind = node.name === 'MatrixSelector' ? 'range' : 'subquery';
        const length = node.getChild('DurationExpr');
        const lengthNs = length === null ? null : durationOf(this.textOf(length));
        return modified(inner(first), (of) => ({ kind, of, lengthNs, from: of.from, to }));
      }
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'AnchoredExpr':
      case 'SmoothedExpr':
        return modified(inner(first), (of) => ({ kind: 'shifted', of, from: of.from, to }));
      case 'AggregateExpr':
        return this.aggregation(node, depth);
      case 'FunctionCall': {
        const args = this.args(node, depth);
        return args && { kind: 'call', name: this.textOf(first), args, from, to };
      }
      case 'BinaryExpr':
        return this.binary(node, depth);
      default:
        return null;
    }
  }

  private aggregation(node: SyntaxNode, depth: number): Expression | null {
    const args = this.args(node, depth);
    if (args === null) return null;
    const modifier = node.getChild('AggregateModifier');
    const grouping =
      modifier === null
        ? null
        : {
            kind: this.textOf(childrenOf(modifier)[0]).toLowerCase() === 'by' ? ('by' as const) : ('without' as const),
            labels: this.labels(modifier.getChild('GroupingLabels')),
          };
    const operator = this.textOf(childrenOf(node)[0]).toLowerCase();
    return { kind: 'aggregation', operator, grouping, args, from: node.from, to: node.to };
  }

  private binary(node: SyntaxNode, depth: number): Expression | null {
    const children = childrenOf(node);
    const [first, sign] = children;
    const last = children.at(-1);
    if (first === undefined || sign === undefined || last === undefined) return null;
    const left = this.build(first, depth + 1);
    const right = this.build(last, depth + 1);
    if (left === null || right === null) return null;
    const clause = node.getChild('MatchingModifierClause');
    return combined(left, right, {
      operator: this.textOf(sign).toLowerCase(),
      operatorAt: { from: sign.from, to: sign.to },
      isBool: node.getChild('BoolModifier') !== null,
      matching: clause === null ? null : this.labels(clause.getChild('GroupingLabels')),
    });
  }

  private args(node: SyntaxNode, depth: number): Expression[] | null {
    const body = node.getChild('FunctionCallBody');
    const args = body === null ? [] : childrenOf(body).map((child) => this.build(child, depth + 1));
    const whole = args.filter((arg) => arg !== null);
    return whole.length === args.length ? whole : null;
  }

  private selector(node: SyntaxNode): Selector {
    const outside = node.getChild('Identifier');
    const braces = node.getChild('LabelMatchers');
    const matchers = braces === null ? [] : childrenOf(braces).map((child) => this.matcher(child));
    const inside = matchers.find(({ label, operator }) => label === '__name__' && operator === '=');
    return {
      kind: 'selector',
      metric: outside === null ? (inside?.value ?? null) : this.textOf(outside),
      matchers,
      isNamedOutside: outside !== null,
      from: node.from,
      to: node.to,
    };
  }

  /** A name in quotes stands for the metric. */
  private matcher(node: SyntaxNode): Matcher {
    const { from, to } = node;
    const value = node.getChild('StringLiteral');
    if (node.name === 'QuotedLabelName' && value !== null)
      return { label: '__name__', operator: '=', value: this.unquoted(value), from, to };
    const operator = this.textOf(node.getChild('MatchOp'));
    return {
      label: this.label(childrenOf(node)[0]),
      operator,
      value: value === null ? '' : this.unquoted(value),
      from,
      to,
    };
  }

  private labels(list: SyntaxNode | null): string[] {
    return list === null ? [] : childrenOf(list).map((child) => this.label(child));
  }

  private label(node: SyntaxNode | undefined): string {
    const quoted = node?.getChild('StringLiteral') ?? null;
    return quoted === null ? this.textOf(node) : this.unquoted(quoted);
  }

  private unquoted(node: SyntaxNode): string {
    const value = unquote(this.textOf(node));
    return typeof value === 'string' ? value : '';
  }

  private textOf(node: Span | null | undefined): string {
    return node == null ? '' : this.text.slice(node.from, node.to);
  }
}

/** Comments left out. */
function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child);
  }
  return children;
}

/** A modifier belongs to the operand right before it. */
function modified(of: Expression | null, modify: (operand: Expression) => Expression): Expression | null {
  if (of === null) return null;
  const whole = (part: Expression): Expression => {
    if (part.kind === 'binary') {
      const right = whole(part.right);
      return { ...part, right, to: right.to };
    }
    if (part.kind !== 'unary') return modify(part);
    const operand = whole(part.of);
    return { ...part, of: operand, to: operand.to };
  };
  return whole(of);
}

/** An operator takes the operand right before it from one that binds less. */
function combined(
  left: Expression,
  right: Expression,
  by: Pick<Binary, 'operator' | 'operatorAt' | 'isBool' | 'matching'>,
): Binary {
  const takes =
    left.kind === 'binary' &&
    (rankOf(left.operator) < rankOf(by.operator) || (by.operator === '^' && left.operator === '^'));
  return takes
    ? { ...left, right: combined(left.right, right, by), to: right.to }
    : { kind: 'binary', ...by, left, right, from: left.from, to: right.to };
}

function rankOf(operator: string): number {
  return PRECEDENCE.findIndex((operators) => operators.includes(operator));
}

/** Nanoseconds of `5m` or of a number of seconds; null where it is computed. */
function durationOf(text: string): number | null {
  const written = parsePrometheusDuration(text);
  if (written !== null) return written;
  return /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1e9) : null;
}

/** `1_000`, `0x1F`, `1h` (in seconds), `+Inf`. */
function numberOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]\s*/, '').toLowerCase();
  if (digits === 'inf') return sign * Number.POSITIVE_INFINITY;
  const duration = digits === '0' ? null : parsePrometheusDuration(digits);
  return sign * (duration === null ? Number(digits.replaceAll('_', '')) : duration / 1e9);
}
