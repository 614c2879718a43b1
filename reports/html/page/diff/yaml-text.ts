// A field's value as YAML, as it would stand in the file.
import type { PlainValue } from '../../../../models/config/document.js';

/** Plain scalars that no reader of YAML takes for anything else than text. */
const PLAIN = /^[A-Za-z_/][\w./@+ -]*[\w./@+-]$|^[A-Za-z_/]$/;
const WORDS_OF_YAML = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** One line for a scalar, several for a map or a list. Text alone stays as it is. */
export function yamlText(value: PlainValue): string {
  return typeof value === 'string' ? value : linesOf(value).join('\n');
}

function linesOf(value: PlainValue): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return ['[]'];
    return value.flatMap((item: PlainValue) => indented(linesOf(item), '- ', '  '));
  }
  if (value === null || typeof value !== 'object') return [scalar(value)];
  const entries = Object.entries(value as Readonly<Record<string, PlainValue>>);
  if (entries.length === 0) return ['{}'];
  return entries.flatMap(([key, inner]) => {
    const lines = linesOf(inner);
    const isNested = inner !== null && typeof inner === 'object' && !/^[[{]/.test(lines[0]!);
    return isNested ? [`${scalar(key)}:`, ...indented(lines, '  ', '  ')] : [`${scalar(key)}: ${lines[0]!}`];
  });
}

function indented(lines: readonly string[], first: string, rest: string): string[] {
  return lines.map((line, i) => `${i === 0 ? first : rest}${line}`);
}

function scalar(value: PlainValue): string {
  if (typeof value !== 'string') return String(value);
  return PLAIN.test(value) && !WORDS_OF_YAML.test(value) ? value : JSON.stringify(value);
}
