// Findings about the input, on stderr, each with the line that it is about.
import { readFileSync, statSync } from 'node:fs';
import { createColors } from 'picocolors';
import { decodeText } from '../models/config/decode.js';
import type { Diagnostic } from '../models/config/diagnostic.js';
import { formatDiagnostics } from '../reports/diagnostics.js';
import { wantsColor } from './terminal.js';

/** A line of an input longer than this is not worth showing. */
const EXCERPT_FILE_BYTES_MAX = 8 * 1024 * 1024;

export interface FindingsOptions {
  /** Errors only. */
  readonly quiet: boolean;
  /** Text of a file that is not on disk under its name; null where it is. */
  readonly textOf?: (file: string) => string | null;
}

/** Errors and, unless `quiet`, warnings. */
export function tellFindings(diagnostics: readonly Diagnostic[], { quiet, textOf }: FindingsOptions): void {
  const shown = diagnostics.filter(({ severity }) => severity === 'error' || (!quiet && severity === 'warning'));
  const colors = createColors(wantsColor(process.stderr));
  const excerptOf = (file: string): string | null => textOf?.(file) ?? readForExcerpt(file);
  process.stderr.write(formatDiagnostics(shown, { colors, textOf: excerptOf }));
}

function readForExcerpt(file: string): string | null {
  try {
    // A pipe has been read already, and a device may have no end.
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > EXCERPT_FILE_BYTES_MAX) return null;
    const decoded = decodeText(file, readFileSync(file));
    return 'text' in decoded ? decoded.text : null;
  } catch {
    return null;
  }
}
