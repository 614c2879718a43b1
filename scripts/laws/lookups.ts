// Law: a table is looked up by a word in a `Map`, or with sim/lookup: a plain index on an object finds what every object inherits (`constructor`,
// `toString`, `__proto__`). Textual, by the types that are written: names that some file declares as a `Record<string, …>`, or as an alias of one, may be
// indexed by nothing but a literal or a number; and no `in` may stand before an object with a word in front.
import { roomOf, type SourceFile, type Violation } from './source.js';
import { lineOf } from './strip.js';

const ROOMS: readonly string[] = ['sim', 'models', 'scenarios', 'reports', 'cli'];
/** The one file that may. */
const LOOKUP = 'sim/lookup.ts';

const RECORD = String.raw`(?:Readonly<\s*)?(?:Partial<\s*)?Record<string,`;
const ALIAS = new RegExp(
  String.raw`\btype (\w+) = ${RECORD}|\binterface (\w+) \{\s*(?:readonly )?\[\w+: string\]`,
  'g',
);
/** Names of lists, by their type or by what makes them. */
const LISTED =
  /\b(\w+)(?:\??: (?:readonly )?(?:[\w.]+(?:<[^<>;={}]*>)?\[\]|(?:Int|Uint|Float)\d+Array)| = (?:\[|new (?:Int|Uint|Float)\d+Array))/g;
const IN = /(?<![\w$.])(?!const |let |for |var )([\w$.]+(?:\([^()]*\))?)\s+in\s+(?=[\w$([])/g;

export function checkLookups(files: readonly SourceFile[]): Violation[] {
  const own = files.filter(({ path }) => ROOMS.includes(roomOf(path)) && path !== LOOKUP);
  const declared = declarations(own);
  const listed = new Set(own.flatMap(({ code }) => [...code.matchAll(LISTED)].map(([, name]) => name)));
  const anywhere = new Set(own.flatMap(({ code }) => namesIn(code, declared)));
  return own.flatMap((file) => {
    const here = new Set(namesIn(file.code, declared));
    const isTable = (name: string, isField: boolean): boolean =>
      here.has(name) || (isField && anywhere.has(name) && !listed.has(name));
    return [...indexed(file, isTable), ...ins(file)];
  });
}

/** What is declared with one of these types is a table. */
function declarations(files: readonly SourceFile[]): RegExp {
  const aliases = files.flatMap(({ code }) => [...code.matchAll(ALIAS)].map((match) => match[1] ?? match[2]));
  const types = [RECORD, ...[...new Set(aliases)].map((name) => String.raw`${name}\b(?!\[|<)`)].join('|');
  return new RegExp(String.raw`\b(\w+)\??: (?:${types})`, 'g');
}

function namesIn(code: string, declared: RegExp): string[] {
  return [...code.matchAll(declared)].map(([, name]) => name);
}

const INDEX = /(\.\s*)?\b([\w$]+)!?(?:\?\.)?\[([^\]]*)\]/g;
const CAST =
  /\bas (?:Readonly<)?(?:Partial<)?(?:Record<string,|\{ (?:readonly )?\[\w+: string\]|PlainMap\b)[^()]*\)!?(?:\?\.)?\[([^\]]*)\]/g;

function indexed(file: SourceFile, isTable: (name: string, isField: boolean) => boolean): Violation[] {
  const plain = [...file.code.matchAll(INDEX)]
    .filter(([, dot, name, index]) => isTable(name, dot !== undefined) && !isHarmless(index))
    .map((match) => violation(file, match.index, match[0]));
  const cast = [...file.code.matchAll(CAST)]
    .filter(([, index]) => !isHarmless(index))
    .map((match) => violation(file, match.index, match[0]));
  return [...plain, ...cast];
}

/** A literal (whose inside is blank), a number, a constant such as a label that Kubernetes names, or a type. */
function isHarmless(index: string): boolean {
  return /^\s*(?:['"`].*|\d+|[A-Z][A-Z\d_]*|)\s*$/.test(index);
}

function violation(file: SourceFile, offset: number, found: string): Violation {
  const message = `no \`${found.trim()}\`: it finds what objects inherit (\`constructor\`); use a Map, or lookup() and setEntry() of ${LOOKUP}`;
  return { file: file.path, line: lineOf(file.text, offset), message };
}

function ins(file: SourceFile): Violation[] {
  return [...file.code.matchAll(IN)]
    .filter(({ index }) => !/(?:\[\s*|\b(?:const|let|var) |-readonly \[\s*)$/.test(file.code.slice(0, index)))
    .map((match) => ({
      file: file.path,
      line: lineOf(file.text, match.index),
      message: `no \`${match[1]} in\`: it finds what objects inherit; use Object.hasOwn or a Map`,
    }));
}
