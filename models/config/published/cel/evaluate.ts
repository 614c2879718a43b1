// What a CEL expression says of a value (cel-spec: doc/langdef.md, Evaluation; kubernetes: apiextensions-apiserver pkg/apiserver/schema/cel). Numbers
// are those of JSON. What fails, such as a field that is not there, makes the expression fail, unless && or || is decided without it.
import { isPlainMap, type PlainValue } from '../../document.js';
import { CelError, type CelValue, callFunction } from './functions.js';
import type { Expression } from './parse.js';

type Scope = ReadonlyMap<string, CelValue>;

const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/** The value of an expression over `self`. Throws a CelError where it fails. */
export function evaluateCel(expression: Expression, self: PlainValue): CelValue {
  return evaluate(expression, new Map<string, CelValue>([['self', self]]));
}

function evaluate(expression: Expression, scope: Scope): CelValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name': {
      const value = scope.get(expression.name);
      if (value === undefined) throw new CelError(`no ${expression.name}`);
      return value;
    }
    case 'list':
      return expression.items.map((item) => evaluate(item, scope)) as readonly PlainValue[];
    case 'emptyMap':
      return {};
    case 'field':
      return fieldOf(evaluate(expression.of, scope), plainName(expression.name));
    case 'index':
      return elementOf(evaluate(expression.of, scope), evaluate(expression.index, scope));
    case 'call':
      return call(expression, scope);
    case 'not':
      return !isTrue(evaluate(expression.of, scope));
    case 'negative':
      return -numberOf(evaluate(expression.of, scope));
    case 'choice':
      return evaluate(isTrue(evaluate(expression.of, scope)) ? expression.yes : expression.no, scope);
    case 'binary':
      return binary(expression, scope);
  }
}

/** Words that CEL keeps for itself are escaped: `__namespace__`. */
function plainName(name: string): string {
  return /^__(\w+)__$/.exec(name)?.[1] ?? name;
}

function fieldOf(of: CelValue, name: string): CelValue {
  if (isMap(of) && Object.hasOwn(of, name)) return of[name]!;
  throw new CelError(`no field ${name}`);
}

function elementOf(of: CelValue, index: CelValue): CelValue {
  if (Array.isArray(of) && typeof index === 'number') {
    const element: PlainValue | undefined = of[index];
    if (element !== undefined) return element;
  } else if (typeof index === 'string') return fieldOf(of, index);
  throw new CelError('no such element');
}

function call({ of, name, args }: Extract<Expression, { kind: 'call' }>, scope: Scope): CelValue {
  if (of === null && name === 'has') return has(args[0], scope);
  if (of !== null && MACROS.has(name)) return macro(name, evaluate(of, scope), args, scope);
  const values = args.map((argument) => evaluate(argument, scope));
  return callFunction(name, of === null ? values : [evaluate(of, scope), ...values]);
}

/** Whether the field is there; what it is a field of has to be. */
function has(argument: Expression | undefined, scope: Scope): boolean {
  if (argument?.kind !== 'field') throw new CelError('has() takes a field');
  const of = evaluate(argument.of, scope);
  return isMap(of) && Object.hasOwn(of, plainName(argument.name));
}

/** Over the elements of a list, or the keys of a map. */
function macro(name: string, of: CelValue, args: readonly Expression[], scope: Scope): CelValue {
  const [variable, body] = args;
  if (variable?.kind !== 'name' || body === undefined) throw new CelError(`${name}() takes a name and an expression`);
  const elements: readonly PlainValue[] = Array.isArray(of)
    ? of
    : isMap(of)
      ? Object.keys(of)
      : fail(`${name}() of no list`);
  const inner = (element: PlainValue): CelValue => evaluate(body, new Map(scope).set(variable.name, element));
  switch (name) {
    case 'all':
      return !decided(elements, (element) => !isTrue(inner(element)));
    case 'exists':
      return decided(elements, (element) => isTrue(inner(element)));
    case 'exists_one':
      return elements.filter((element) => isTrue(inner(element))).length === 1;
    case 'filter':
      return elements.filter((element) => isTrue(inner(element)));
    default:
      return elements.map((element) => inner(element)) as readonly PlainValue[];
  }
}

/** Whether the question is answered by yes for one element; an element for which it fails matters only where none answers. */
function decided(elements: readonly PlainValue[], question: (element: PlainValue) => boolean): boolean {
  let failure: unknown = null;
  for (const element of elements) {
    try {
      if (question(element)) return true;
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== null) throw failure;
  return false;
}

function binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>, scope: Scope): CelValue {
  const sides = [left, right].map((side) => () => evaluate(side, scope));
  if (operator === '&&') return !decidedOf(sides, (value) => !isTrue(value));
  if (operator === '||') return decidedOf(sides, isTrue);
  const [a, b] = [evaluate(left, scope), evaluate(right, scope)];
  switch (operator) {
    case '==':
      return isSame(a, b);
    case '!=':
      return !isSame(a, b);
    case 'in':
      return Array.isArray(b)
        ? b.some((element: PlainValue) => isSame(element, a))
        : isMap(b) && typeof a === 'string' && Object.hasOwn(b, a);
    case '<':
      return order(a, b) < 0;
    case '<=':
      return order(a, b) <= 0;
    case '>':
      return order(a, b) > 0;
    case '>=':
      return order(a, b) >= 0;
    case '+':
      return typeof a === 'string' && typeof b === 'string' ? a + b : numberOf(a) + numberOf(b);
    case '-':
      return numberOf(a) - numberOf(b);
    case '*':
      return numberOf(a) * numberOf(b);
    default:
      throw new CelError(`no operator ${operator}`);
  }
}

function decidedOf(sides: readonly (() => CelValue)[], question: (value: CelValue) => boolean): boolean {
  return decided(
    sides.map((_side, index) => index),
    (index) => question(sides[Number(index)]!()),
  );
}

function isSame(a: CelValue, b: CelValue): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

function order(a: CelValue, b: CelValue): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return numberOf(a) - numberOf(b);
}

function isTrue(value: CelValue): boolean {
  return typeof value === 'boolean' ? value : fail('no truth value');
}

/** A number; of a duration its nanoseconds. */
function numberOf(value: CelValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'object' && value !== null && 'durationNs' in value && typeof value.durationNs === 'number'
    ? value.durationNs
    : fail('no number');
}

function isMap(value: CelValue): value is Readonly<Record<string, PlainValue>> {
  return isPlainMap(value as PlainValue);
}

function fail(message: string): never {
  throw new CelError(message);
}
