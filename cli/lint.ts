// `seatrial lint`: what is wrong, or does nothing, or will surprise? Prints findings, and says by its exit code whether there are any.
import { readFileSync } from 'node:fs';
import { createColors } from 'picocolors';
import type { Severity } from '../models/config/diagnostic.js';
import { isKnownCode } from '../models/lint/lint.js';
import { isAtLeast } from '../models/lint/rule.js';
import { RULES } from '../models/lint/rules.js';
import { lintGithub } from '../reports/lint/github.js';
import { lintJson } from '../reports/lint/json.js';
import { ruleListText } from '../reports/lint/rules.js';
import { lintSarif } from '../reports/lint/sarif.js';
import { lintText } from '../reports/lint/text.js';
import { type LintedPaths, lintPaths } from '../scenarios/loading/lint.js';
import { EXIT } from './exit-codes.js';
import { refuseOddPath } from './output-place.js';
import { wantsColor, widthOf } from './terminal.js';
import { UserError } from './user-error.js';
import { seatrialVersion } from './version.js';

export const LINT_FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

export interface LintCommandOptions {
  readonly format: LintFormat;
  readonly json?: boolean;
  readonly out?: string;
  readonly force?: boolean;
  readonly show: Severity;
  readonly failOn: Severity | 'never';
  readonly disable?: readonly string[];
  readonly enable?: readonly string[];
  readonly only?: readonly string[];
  readonly list?: boolean;
  readonly quiet?: boolean;
  readonly istio?: string;
  readonly maxInput?: number;
  readonly strict?: boolean;
}

/** Returns the exit code. Throws a user's error for a code that no rule has, or a file that cannot be written. */
export async function lint(paths: readonly string[], options: LintCommandOptions): Promise<number> {
  const terminal = { colors: createColors(wantsColor(process.stdout)), width: widthOf(process.stdout) };
  if (options.list === true) {
    process.stdout.write(ruleListText(RULES, terminal.width, terminal.colors));
    return EXIT.good;
  }
  for (const code of [...(options.disable ?? []), ...(options.enable ?? []), ...(options.only ?? [])]) {
    if (!isKnownCode(code)) throw new UserError(`no rule has the code ${code}`, '`seatrial lint --list` names all');
  }
  if (options.out !== undefined) refuseOddPath(options.out, 'FILE');
  const linted = await lintPaths(paths, {
    disabled: options.disable ?? [],
    enabled: options.enable ?? [],
    only: options.only ?? [],
    istioVersion: options.istio,
    maxInputBytes: options.maxInput,
    strict: options.strict,
  });
  const format = options.json === true ? 'json' : options.format;
  if (options.out !== undefined) {
    const { checkOutputFile, writeOutputFile } = await import('./output-file.js');
    const inputs = linted.texts.map(({ name }) => name);
    const isReplaceable = (file: string): boolean => options.force === true || isReport(readFileSync(file, 'utf8'));
    writeOutputFile(checkOutputFile(options.out, { inputs, isReplaceable }), report(linted, format, options, plain()));
  } else if (options.quiet !== true || format !== 'text')
    process.stdout.write(report(linted, format, options, terminal));
  return exitCodeOf(linted, options.failOn);
}

interface Terminal {
  readonly colors: ReturnType<typeof createColors>;
  readonly width: number;
}

function plain(): Terminal {
  return { colors: createColors(false), width: 80 };
}

function report(
  { result, texts }: LintedPaths,
  format: LintFormat,
  { show }: LintCommandOptions,
  terminal: Terminal,
): string {
  switch (format) {
    case 'text':
      return lintText(result, { ...terminal, show, texts });
    case 'json':
      return lintJson(result, show);
    case 'sarif':
      return lintSarif(result, { show, rules: RULES, version: seatrialVersion() });
    case 'github':
      return lintGithub(result, show);
  }
}

/** An input that cannot be read is worse than what was found in the rest. */
function exitCodeOf({ result, isIncomplete }: LintedPaths, failOn: Severity | 'never'): number {
  if (isIncomplete) return EXIT.usage;
  if (failOn === 'never') return EXIT.good;
  return result.findings.some(({ severity }) => isAtLeast(severity, failOn)) ? EXIT.failed : EXIT.good;
}

/** Whether a text is an earlier answer of this command, in any of its formats. */
function isReport(text: string): boolean {
  if (text.startsWith('{')) return /"seatrial(\.lint\/\d+)?"/.test(text);
  if (text.startsWith('::')) return text.split('\n').every((line) => line === '' || line.startsWith('::'));
  return /^ .+ in \d+ objects? of \d+ files?$/m.test(text);
}
