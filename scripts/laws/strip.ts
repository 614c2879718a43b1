// Splits a TypeScript source into what is code, what is text and what is comment, keeping every offset and line break, so that
// a rule about code never trips over a word in a comment or a string.

export interface StrippedSource {
  /** Comments and the insides of strings, templates and regular expressions are blanks. */
  readonly code: string;
  /** Comments only are blanks. */
  readonly withStrings: string;
  /** Everything but comments is blank. */
  readonly comments: string;
}

/** After one of these words a slash opens a regular expression. */
const WORDS_BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
  'await',
  'yield',
]);

/** Blanks out comments, strings, templates (not the expressions inside them) and regular expressions of `text`. */
export function stripSource(text: string): StrippedSource {
  const code = [...blankLike(text)];
  const withStrings = [...code];
  const comments = [...code];
  /** Depth of braces at which each open template expression ends. */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;

  const keep = (to: string[], from: number, end: number): void => {
    for (let index = from; index < end; index++) to[index] = text[index];
  };
  const keepCode = (end: number): void => {
    keep(code, at, end);
    keep(withStrings, at, end);
    at = end;
  };
  const keepText = (end: number): void => {
    keep(withStrings, at, end);
    code[at] = text[at];
    code[end - 1] = text[end - 1];
    at = end;
  };

  while (at < text.length) {
    const char = text[at];
    const next = text[at + 1];
    if (char === '/' && (next === '/' || next === '*')) {
      const end = next === '/' ? endOf(text, '\n', at) : endOf(text, '*/', at + 2) + 2;
      keep(comments, at, end);
      at = end;
    } else if (char === "'" || char === '"') {
      keepText(endOfQuoted(text, at, char));
    } else if (char === '`') {
      keepText(endOfTemplatePart(text, at + 1));
      if (text[at - 1] === '{') templates.push(depth++);
    } else if (char === '}' && templates.length > 0 && depth - 1 === templates[templates.length - 1]) {
      templates.pop();
      depth--;
      keepText(endOfTemplatePart(text, at + 1));
      if (text[at - 1] === '{') templates.push(depth++);
    } else if (char === '/' && startsRegex(code, at)) {
      keepText(endOfRegex(text, at));
    } else {
      if (char === '{') depth++;
      if (char === '}') depth--;
      keepCode(at + 1);
    }
  }
  return { code: code.join(''), withStrings: withStrings.join(''), comments: comments.join('') };
}

/** The 1-based line of an offset. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function blankLike(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found === -1 ? text.length : found;
}

function endOfQuoted(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

/** After the closing back-tick, or after the `${` of the next expression. */
function endOfTemplatePart(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '`') {
    if (text[at] === '$' && text[at + 1] === '{') return at + 2;
    at += text[at] === '\\' ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}

function endOfRegex(text: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true;
    if (text[at] === ']') inClass = false;
    at += text[at] === '\\' ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}

function startsRegex(code: readonly string[], slash: number): boolean {
  let before = slash - 1;
  while (before >= 0 && /\s/.test(code[before])) before--;
  if (before < 0) return true;
  if (!/[\w$)\]'"`}/]/.test(code[before])) return true;
  let start = before;
  while (start >= 0 && /[\w$]/.test(code[start])) start--;
  return WORDS_BEFORE_REGEX.has(code.slice(start + 1, before + 1).join(''));
}
