// The files that a command writes beside its result: `--format html,csv,md`.
import { InvalidArgumentError } from 'commander';

export type Format = 'html' | 'csv' | 'md';

const FORMATS: readonly Format[] = ['html', 'csv', 'md'];

/** A list such as `html,csv`, each once; `none` = the result's JSON alone. */
export function parseFormats(text: string): readonly Format[] {
  if (text === 'none') return [];
  const formats = text.split(',').map((word) => {
    const format = FORMATS.find((known) => known === word.trim());
    if (format === undefined) throw new InvalidArgumentError(`Expected a list of ${FORMATS.join(', ')}; or none.`);
    return format;
  });
  return [...new Set(formats)];
}
