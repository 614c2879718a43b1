// The words of CEL, as far as rules of CustomResourceDefinitions use them (cel-spec: doc/langdef.md, Syntax).

export type Token =
  | { readonly kind: 'name' | 'operator' | 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number };

const BLANK = /\s+/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const NAME = /[A-Za-z_]\w*/y;
const OPERATOR = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y;
const TEXT = /(r?)("""|'''|"|')/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
]);

/** Throws a SyntaxError for a text that is no CEL. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const read = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  while (at < source.length) {
    if (read(BLANK) !== null) continue;
    const text = read(TEXT);
    if (text !== null) {
      const end = endOfText(source, at, text[2]!, text[1] === 'r');
      const raw = source.slice(at, end);
      at = end + text[2]!.length;
      tokens.push({ kind: 'text', value: text[1] === 'r' ? raw : unescaped(raw) });
      continue;
    }
    const number = read(NUMBER);
    if (number !== null) {
      tokens.push({ kind: 'number', value: Number(number[0]) });
      continue;
    }
    const name = read(NAME);
    const operator = name === null ? read(OPERATOR) : null;
    if (name !== null) tokens.push({ kind: 'name', value: name[0] });
    else if (operator !== null) tokens.push({ kind: 'operator', value: operator[0] });
    else throw new SyntaxError(`no CEL at ${at}: ${source}`);
  }
  return tokens;
}

function endOfText(source: string, from: number, quote: string, isRaw: boolean): number {
  for (let at = from; at < source.length; at += 1) {
    if (!isRaw && source[at] === '\\') at += 1;
    else if (source.startsWith(quote, at)) return at;
  }
  throw new SyntaxError(`a text without an end: ${source}`);
}

function unescaped(raw: string): string {
  return raw.replace(/\\(.)/gs, (_whole, escaped: string) => ESCAPES.get(escaped) ?? escaped);
}
