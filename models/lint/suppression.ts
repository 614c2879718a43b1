// What the user wants to hear no more of: by a comment in the YAML, by an annotation of the object, by a flag. Codes are ours (`ST2101`) or
// those of `istioctl analyze` (`IST0101`); its own annotation `galley.istio.io/analyze-suppress` is honoured for the latter.
import type { NamedText } from '../config/resource.js';
import type { LintObject } from './object.js';

export const DISABLE_ANNOTATION = 'seatrial.dev/lint-disable';
const ISTIO_ANNOTATION = 'galley.istio.io/analyze-suppress';
const COMMENT = /#\s*seatrial-lint:\s*(disable|disable-file)\s*(?:=\s*([A-Za-z0-9*,\s]+?))?\s*(?:--.*)?$/;
const DOCUMENT_START = /^---(\s|$)/;

/** Lines from `from` to `to`, both inclusive, where these codes are not reported. */
interface Silence {
  readonly from: number;
  readonly to: number;
  /** null = all. */
  readonly codes: readonly string[] | null;
  readonly line: number;
}

/** A code in a comment or an annotation that no rule has. */
export interface UnknownCode {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

export class Suppressions {
  private readonly byFile = new Map<string, readonly Silence[]>();

  constructor(
    texts: readonly NamedText[],
    private readonly objectAt: (file: string, line: number) => LintObject | null,
  ) {
    for (const { name, text } of texts) {
      if (!text.includes('seatrial-lint')) continue;
      this.byFile.set(name, silencesIn(text.split(/\r\n|[\n\r]/)));
    }
  }

  covers(code: string, alias: string | null, file: string, line: number): boolean {
    const silences = this.byFile.get(file) ?? [];
    const matches = (codes: readonly string[] | null): boolean =>
      codes === null || codes.includes(code) || (alias !== null && codes.includes(alias)) || codes.includes('*');
    if (silences.some(({ from, to, codes }) => line >= from && line <= to && matches(codes))) return true;
    const object = this.objectAt(file, line);
    if (object === null) return false;
    const own = object.annotations[DISABLE_ANNOTATION];
    if (own !== undefined && matches(own.trim() === 'all' ? null : codesOf(own))) return true;
    const istio = object.annotations[ISTIO_ANNOTATION];
    return istio !== undefined && alias !== null && matches(codesOf(istio));
  }

  /** Codes that nothing has: a slip of the pen that would silence nothing. */
  unknownCodes(isKnown: (code: string) => boolean): UnknownCode[] {
    return [...this.byFile].flatMap(([file, silences]) =>
      silences.flatMap(({ codes, line }) =>
        (codes ?? []).filter((code) => code !== '*' && !isKnown(code)).map((code) => ({ file, line, code })),
      ),
    );
  }
}

/** `ST2101, IST0101` → both, in capitals. */
export function codesOf(text: string): string[] {
  return text
    .split(/[,\s]+/)
    .filter((code) => code !== '')
    .map((code) => code.toUpperCase());
}

function silencesIn(lines: readonly string[]): Silence[] {
  const silences: Silence[] = [];
  lines.forEach((text, index) => {
    const comment = COMMENT.exec(text);
    if (comment === null) return;
    const [whole, verb, codes] = comment;
    const silent = { codes: codes === undefined ? null : codesOf(codes), line: index + 1 };
    if (verb === 'disable-file') silences.push({ ...silent, from: 1, to: lines.length });
    else if (text.slice(0, text.length - whole.length).trim() !== '')
      silences.push({ ...silent, ...blockAt(lines, index) });
    else silences.push({ ...silent, ...blockBelow(lines, index) });
  });
  return silences;
}

/** A line and the lines beneath it that are indented more. */
function blockAt(lines: readonly string[], index: number): { readonly from: number; readonly to: number } {
  const indent = indentOf(lines[index]!);
  let end = index;
  while (end + 1 < lines.length && (isBlank(lines[end + 1]!) || indentOf(lines[end + 1]!) > indent)) end += 1;
  return { from: index + 1, to: end + 1 };
}

/** The block of the next line that is no comment; the whole document where that is its first line. */
function blockBelow(lines: readonly string[], index: number): { readonly from: number; readonly to: number } {
  let next = index + 1;
  while (next < lines.length && isBlank(lines[next]!)) next += 1;
  if (next >= lines.length) return { from: index + 1, to: index + 1 };
  let before = index - 1;
  while (before >= 0 && isBlank(lines[before]!)) before -= 1;
  const isFirst = before < 0 || DOCUMENT_START.test(lines[before]!);
  if (!isFirst || DOCUMENT_START.test(lines[next]!)) return blockAt(lines, next);
  let end = next;
  while (end + 1 < lines.length && !DOCUMENT_START.test(lines[end + 1]!)) end += 1;
  return { from: next + 1, to: end + 1 };
}

function isBlank(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
