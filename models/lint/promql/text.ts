// String literals of PromQL and their escapes (prometheus: promql/parser/lex.go lexString, lexEscape; util/strutil/quote.go).

import { lookup } from '../../../sim/lookup.js';
export interface TextProblem {
  /** From the start of the literal. */
  readonly at: number;
  readonly message: string;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};
const CODE = /^(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;
const MAX_CODE_POINT = 0x10ffff;

/** What a literal with its quotes means, or what is wrong with it. */
export function unquote(literal: string): string | TextProblem {
  const quote = literal.charAt(0);
  const isRaw = quote === '`';
  let value = '';
  for (let at = 1; at < literal.length; at++) {
    const character = literal.charAt(at);
    if (character === quote) return value;
    if (character !== '\\' || isRaw) {
      value += character;
      continue;
    }
    const next = literal.charAt(at + 1);
    const simple = next === quote ? quote : lookup(SIMPLE, next);
    if (simple !== undefined) {
      value += simple;
      at += 1;
      continue;
    }
    const code = CODE.exec(literal.slice(at + 1));
    const point = code === null ? Number.NaN : codePoint(code);
    if (code === null || !(point <= MAX_CODE_POINT)) {
      return { at, message: `"\\${next}" is no escape` };
    }
    value += String.fromCodePoint(point);
    at += code[0].length;
  }
  return { at: 0, message: 'the text is not closed' };
}

function codePoint([, octal, ...hexadecimal]: RegExpExecArray): number {
  if (octal !== undefined) return Number.parseInt(octal, 8);
  return Number.parseInt(hexadecimal.find((digits) => digits !== undefined) ?? '', 16);
}
