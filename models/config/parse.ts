// A text of YAML (or JSON) → its documents, one at a time, so that memory stays flat however long the text is. Scalars are read as
// YAML 1.1 in go-yaml's dialect (gopkg.in/yaml.v2 resolve.go): `yes`, `on` and `0777` are what Kubernetes makes of them, dates
// and `22:22` stay strings.
import type { CST, Document, ParsedNode, Tags, YAMLError } from 'yaml';
import { NESTING_MAX } from '../bounds.js';
import type { Diagnostic, Severity } from './diagnostic.js';
import { positionIn, type RawDocument, TextDocument } from './document.js';
import { type PlainDocument, type PlainProblem, toPlain } from './plain.js';
import type { NamedText } from './resource.js';
import { Composer, LineCounter, Parser, Schema } from './yaml.js';

export interface ParseOptions {
  /** Duplicate keys and unknown tags are errors instead of warnings. */
  readonly strict?: boolean | undefined;
}

type Tag = Tags[number];

const DROPPED_TAGS = ['binary', 'omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`);
/** A number has a digit: the package also takes the `.` of `exportTo: [.]` and the `e1` of `subset: e1` for one. */
const FLOAT = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*)$/;
const FLOAT_EXP = /^[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)[eE][-+]?[0-9]+$/;
const FLOAT_TAG = 'tag:yaml.org,2002:float';

/** What no other tag takes, by how it begins or because it is too long for a `false`. It is asked first, since most scalars are such. */
const PLAIN_TEXT: Tag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  test: /^(?:[^-+.0-9~<yYnNtTfFoO]|[A-Za-z].{5})/s,
  resolve: (text: string) => text,
};

type ComposeOptions = NonNullable<ConstructorParameters<typeof Composer>[0]>;

const TAGS: Pick<ComposeOptions, 'customTags'> = {
  customTags: (tags) => [PLAIN_TEXT, ...tags.filter(isKept).map(asGoReadsIt)],
};

/** Each document has the schema of the version that it names. */
const WITH_VERSIONS: ComposeOptions = {
  version: '1.1',
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
  ...TAGS,
};

/** No document of the text names a version: one schema is made for all. */
const WITHOUT_VERSIONS: ComposeOptions = { ...WITH_VERSIONS, schema: new Schema({ schema: 'yaml-1.1', ...TAGS }) };

function composeOptions(source: string): ComposeOptions {
  return source.includes('%YAML') ? WITH_VERSIONS : WITHOUT_VERSIONS;
}

function isKept(tag: Tag): boolean {
  return typeof tag === 'string' || !(DROPPED_TAGS.includes(tag.tag) || ('format' in tag && tag.format === 'TIME'));
}

function asGoReadsIt(tag: Tag): Tag {
  if (typeof tag === 'string' || tag.tag !== FLOAT_TAG || !('test' in tag) || tag.test?.test('.nan') === true)
    return tag;
  const test = 'format' in tag && tag.format === 'EXP' ? FLOAT_EXP : FLOAT;
  return { ...tag, test, resolve: finiteOrText } as Tag;
}

/** What is too large for a double stays a string. */
function finiteOrText(text: string): number | string {
  const value = Number.parseFloat(text.replaceAll('_', ''));
  return Number.isFinite(value) ? value : text;
}

/**
 * The documents of a text in order; empty ones are left out. Never throws: a document that is not YAML comes with `value` null and
 * an error diagnostic.
 */
export function* parseDocuments(text: NamedText, options: ParseOptions = {}): Generator<RawDocument> {
  const source = text.text.startsWith('\uFEFF') ? text.text.slice(1) : text.text;
  const reader = new DocumentReader(text.name, source, options);
  const nul = source.indexOf('\0');
  if (nul >= 0) {
    yield reader.notText(nul);
    return;
  }
  for (const token of new Parser(reader.lines.addNewLine).parse(source)) yield* reader.take(token);
  yield* reader.finish();
}

class DocumentReader {
  readonly lines = new LineCounter();
  private composer: Composer;

  constructor(
    private readonly file: string,
    private readonly source: string,
    private readonly options: ParseOptions,
  ) {
    this.composer = new Composer(composeOptions(source));
  }

  /** A NUL character at `offset`: of a file without text, or of UTF-16 without its mark. */
  notText(offset: number): RawDocument {
    this.lines.addNewLine(0);
    for (let at = this.source.indexOf('\n'); at >= 0 && at < offset; at = this.source.indexOf('\n', at + 1)) {
      this.lines.addNewLine(at + 1);
    }
    const hint = 'save the file as UTF-8, or as UTF-16 with its byte order mark';
    return this.failed(offset, 'a NUL character, which no YAML text holds', hint, 'input-not-text');
  }

  *take(token: CST.Token): Generator<RawDocument> {
    if (token.type === 'document') {
      const tooDeep = deepOffset(token);
      if (tooDeep !== null) {
        yield* this.finish();
        this.composer = new Composer(composeOptions(this.source));
        yield this.failed(tooDeep, `more than ${NESTING_MAX} lists or maps inside one another`, 'flatten the document');
        return;
      }
    }
    for (const composed of this.composer.next(token)) yield* this.document(composed as Document.Parsed);
  }

  *finish(): Generator<RawDocument> {
    for (const composed of this.composer.end()) yield* this.document(composed as Document.Parsed);
    const left = this.composer.streamInfo().errors[0];
    if (left !== undefined) yield this.syntaxError(left);
  }

  private *document(composed: Document.Parsed): Generator<RawDocument> {
    const error = composed.errors[0];
    if (error !== undefined) {
      yield this.syntaxError(error);
      return;
    }
    const plain = toPlain(composed.contents as ParsedNode | null, this.source);
    const fatal = plain.problems.find((problem) => problem.code !== 'duplicate-key');
    if (fatal !== undefined) {
      yield this.failed(fatal.offset, fatal.message, this.templateHint(fatal.offset) ?? fatal.hint, fatal.code);
      return;
    }
    if (plain.value !== null) yield this.readable(plain, composed.warnings);
  }

  private readable(plain: PlainDocument, warnings: readonly YAMLError[]): RawDocument {
    const severity = this.options.strict === true ? 'error' : 'warning';
    const diagnostics = [
      ...plain.problems.map((problem) => this.duplicateKey(problem, severity)),
      ...warnings.map((warning) => this.unknownTag(warning, severity)),
    ];
    return new TextDocument(
      this.file,
      plain.value,
      diagnostics,
      plain.rootOffset,
      plain.offsets,
      this.lines,
      plain.blocks,
    );
  }

  private duplicateKey(problem: PlainProblem, severity: Severity): Diagnostic {
    return { ...this.diagnostic(problem.code, problem.offset, problem.message, problem.hint), severity };
  }

  private unknownTag(warning: YAMLError, severity: Severity): Diagnostic {
    const hint = 'Kubernetes does not know such tags; give the value itself';
    return { ...this.diagnostic('yaml-tag', warning.pos[0], warning.message, hint), severity };
  }

  private syntaxError(error: YAMLError): RawDocument {
    const offset = Math.min(error.pos[0], this.source.length);
    const message = error.message.replace(/\s+/g, ' ');
    return this.failed(offset, message, this.templateHint(offset) ?? syntaxHint(error.code));
  }

  private failed(offset: number, message: string, hint: string, code = 'yaml-syntax'): RawDocument {
    const diagnostics = [this.diagnostic(code, offset, message, hint)];
    return new TextDocument(this.file, null, diagnostics, offset, new Map(), this.lines);
  }

  private diagnostic(code: string, offset: number, message: string, hint: string): Diagnostic {
    return { code, severity: 'error', position: positionIn(this.file, this.lines, offset), message, hint };
  }

  /** A text with template actions near the error is a chart, not a manifest. */
  private templateHint(offset: number): string | null {
    const around = this.source.slice(Math.max(0, offset - 200), offset + 200);
    return /\{\{|\{%/.test(around) ? 'this looks like a template: render it first, e.g. with `helm template`' : null;
  }
}

function syntaxHint(code: YAMLError['code']): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'indent with spaces';
    case 'BAD_INDENT':
    case 'BLOCK_IN_FLOW':
      return 'line the field up with its neighbours';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'put a value that holds ": " in quotes, or move it to the next line and indent it';
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return 'put the value in quotes';
    case 'MISSING_CHAR':
      return 'look for a missing colon, quote, comma or bracket on this line or the one before';
    default:
      return 'check quotes, colons and indentation here and on the line before';
  }
}

/** Offset of the first token that is nested too deeply, or null. Iterative: composing recurses and could exhaust the stack. */
function deepOffset(document: CST.Document): number | null {
  let level: CST.Token[] = document.value === undefined ? [] : [document.value];
  for (let depth = 1; level.length > 0; depth++) {
    const next: CST.Token[] = [];
    for (const token of level) {
      if (depth > NESTING_MAX) return token.offset;
      if (!('items' in token)) continue;
      for (const item of token.items) {
        if (item.key != null) next.push(item.key);
        if (item.value != null) next.push(item.value);
      }
    }
    level = next;
  }
  return null;
}
