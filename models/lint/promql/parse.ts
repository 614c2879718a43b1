// A text → a PromQL expression, by the grammar that the Prometheus project publishes for editors (prometheus: web/ui/module/lezer-promql),
// and the first thing that Prometheus would refuse: what its grammar, its strings or its types do not allow.

import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { lookup } from '../../../sim/lookup.js';
import { quote } from '../../config/place.js';
import { expressionOf } from './build.js';
import type { Expression, Problem } from './expression.js';
import { unquote } from './text.js';
import { typeProblem } from './types.js';

export interface Parsed {
  /** null where there is a problem of syntax, or nothing. */
  readonly expression: Expression | null;
  /** Why Prometheus refuses it; null where it does not. */
  readonly problem: Problem | null;
}

const TEMPLATE = /\{\{|\$\{/;
/** A filter of lines or a stage behind a selector: `{app="web"} |= "error"`. */
const LOGQL = /\}\s*(?:\|[^|]|!=\s*["`]|!~\s*["`])/;
/** `5.` is a number for Prometheus and not for the grammar; texts and comments are left as they are. */
const OPEN_FRACTION = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|(?<![\w:.])(\d+)\.(?![\w.])/g;
/** After so many tokens the parser of the grammar may give up where Prometheus does not. */
const MAX_TOKENS = 1000;
const NOTHING: Parsed = { expression: null, problem: null };

/**
 * Never throws. Nothing is said of a text that a chart, a generator or a shell has yet to fill in (`{{ .window }}`, `${WINDOW}`), of LogQL,
 * whose rules of Loki look like those of Prometheus, and of an empty text.
 */
export function parsePromql(text: string): Parsed {
  if (text.trim() === '' || TEMPLATE.test(text) || LOGQL.test(text)) return NOTHING;
  const tree = parser.parse(
    text.replace(OPEN_FRACTION, (found, whole: string | undefined) => (whole === undefined ? found : `${whole} `)),
  );
  const problem = syntaxProblem(tree, text);
  if (problem !== null) return isTooLong(text, problem.at) ? NOTHING : { expression: null, problem };
  const expression = expressionOf(tree.topNode, text);
  return expression === null ? NOTHING : { expression, problem: typeProblem(expression) };
}

function syntaxProblem(tree: Tree, text: string): Problem | null {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return errorAt(cursor.node, text);
    if (cursor.name !== 'StringLiteral') continue;
    const value = unquote(text.slice(cursor.from, cursor.to));
    if (typeof value === 'string') continue;
    const help = value.message.endsWith('escape')
      ? 'write the backslash twice, or put the text in backticks'
      : undefined;
    return { at: cursor.from + value.at, message: value.message, ...(help === undefined ? {} : { help }) };
  } while (cursor.next());
  return null;
}

function isTooLong(text: string, to: number): boolean {
  return (text.slice(0, to).match(/[\w:.]+|\S/g)?.length ?? 0) > MAX_TOKENS;
}

const TOKEN = /[\w:.]+|\S/y;
/** What other languages write. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  '&': 'write and',
  '|': 'write or',
  '=': 'compare with ==, or != for the contrary',
  '!': 'write unless, or != in a comparison',
};

function errorAt(node: SyntaxNode, text: string): Problem {
  const before = text.slice(0, node.from).trimEnd();
  const name = /[A-Za-z_:][\w:]*$/.exec(before)?.[0] ?? '';
  const start = node.from + (text.slice(node.from).length - text.slice(node.from).trimStart().length);
  TOKEN.lastIndex = start;
  const token = TOKEN.exec(text)?.[0] ?? null;
  if (token === null || token === '#') return endProblem(before);
  if (token === '(' && node.prevSibling?.name === 'Identifier') return functionProblem(name, before.length);
  const message = before === '' ? `${quote(token)} cannot begin an expression` : `${quote(token)} is not expected here`;
  const help = lookup(OTHER_WORDS, token);
  return { at: start, message, ...(help === undefined ? {} : { help }) };
}

function functionProblem(name: string, end: number): Problem {
  const at = end - name.length;
  const message = `there is no function ${quote(name)}`;
  return name === 'holt_winters'
    ? { at, message: `${message} since Prometheus 3.0`, help: 'call it double_exponential_smoothing' }
    : { at, message };
}

/** What is still open at the end. */
function endProblem(text: string): Problem {
  const open: number[] = [];
  for (const { 0: found, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*|[()[\]{}]/g)) {
    if ('([{'.includes(found)) open.push(index);
    else if (')]}'.includes(found)) open.pop();
  }
  const last = open.at(-1);
  if (last === undefined) return { at: Math.max(0, text.length - 1), message: 'something is missing at the end' };
  return { at: last, message: `the ${quote(text.charAt(last))} is not closed`, help: 'close it' };
}
