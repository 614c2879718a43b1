// CEL expressions as trees (cel-spec: doc/langdef.md, Syntax), as far as rules of CustomResourceDefinitions use them: no literals of maps, no unsigned
// numbers.
import { type Token, tokensOf } from './tokens.js';

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'emptyMap' }
  | { readonly kind: 'field'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
  /** `of` is null for a function that is no method. */
  | {
      readonly kind: 'call';
      readonly of: Expression | null;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'not' | 'negative'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly of: Expression; readonly yes: Expression; readonly no: Expression };

/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Throws a SyntaxError for a text that is no such expression. */
export function parseCel(source: string): Expression {
  const parser = new Parser(tokensOf(source), source);
  const expression = parser.expression();
  parser.end();
  return expression;
}

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly source: string,
  ) {}

  expression(): Expression {
    const of = this.binary(0);
    if (!this.takes('?')) return of;
    const yes = this.expression();
    this.expect(':');
    return { kind: 'choice', of, yes, no: this.expression() };
  }

  end(): void {
    if (this.at < this.tokens.length) this.fail();
  }

  private binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = this.operatorOf(operators);
      if (operator === null) return left;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1) };
    }
  }

  private operatorOf(operators: readonly string[]): string | null {
    const token = this.tokens[this.at];
    if (token === undefined || token.kind === 'text' || token.kind === 'number') return null;
    if (!operators.includes(token.value)) return null;
    this.at += 1;
    return token.value;
  }

  private unary(): Expression {
    if (this.takes('!')) return { kind: 'not', of: this.unary() };
    if (this.takes('-')) return { kind: 'negative', of: this.unary() };
    return this.member();
  }

  private member(): Expression {
    let of = this.primary();
    for (;;) {
      if (this.takes('.')) {
        const name = this.name();
        of = this.takes('(') ? { kind: 'call', of, name, args: this.list(')') } : { kind: 'field', of, name };
      } else if (this.takes('[')) {
        const index = this.expression();
        this.expect(']');
        of = { kind: 'index', of, index };
      } else return of;
    }
  }

  private primary(): Expression {
    if (this.takes('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (this.takes('[')) return { kind: 'list', items: this.list(']') };
    if (this.takes('{')) {
      this.expect('}');
      return { kind: 'emptyMap' };
    }
    const token = this.tokens[this.at];
    if (token === undefined || token.kind === 'operator') return this.fail();
    this.at += 1;
    if (token.kind !== 'name') return { kind: 'literal', value: token.value };
    const constant = CONSTANTS.get(token.value);
    if (constant !== undefined) return { kind: 'literal', value: constant };
    if (this.takes('(')) return { kind: 'call', of: null, name: token.value, args: this.list(')') };
    return { kind: 'name', name: token.value };
  }

  private list(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.takes(end)) return items;
    do items.push(this.expression());
    while (this.takes(','));
    this.expect(end);
    return items;
  }

  private name(): string {
    const token = this.tokens[this.at];
    if (token?.kind !== 'name') return this.fail();
    this.at += 1;
    return token.value;
  }

  private takes(operator: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'operator' || token.value !== operator) return false;
    this.at += 1;
    return true;
  }

  private expect(operator: string): void {
    if (!this.takes(operator)) this.fail();
  }

  private fail(): never {
    throw new SyntaxError(`unexpected ${this.tokens[this.at]?.value ?? 'end'} in ${this.source}`);
  }
}
