// `seatrial lint`: what is wrong, or does nothing, or will surprise? Prints findings, and says by its exit code whether there are any.
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
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
import { type LintedPaths, lintPaths } from '../scenarios/lint.js';
import { EXIT } from './exit-codes.js';
import { wantsColor, widthOf } from './terminal.js';
import { UserError } from './user-error.js';
import { seatrialVersion } from './version.js';

export const LINT_FORMATS = ['text', 'json', 'sarif', 'github'] as const;
export type LintFormat = (typeof LINT_FORMATS)[number];

export interface LintCommandOptions {
  readonly format: LintFormat;
  readonly json?: boolean;
  readonly out?: string;
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
  const linted = await lintPaths(paths, {
    disabled: options.disable ?? [],
    enabled: options.enable ?? [],
    only: options.only ?? [],
    istioVersion: options.istio,
    maxInputBytes: options.maxInput,
    strict: options.strict,
  });
  const format = options.json === true ? 'json' : options.format;
  if (options.out !== undefined) writeBesideAndRename(options.out, report(linted, format, options, plain()));
  else if (options.quiet !== true || format !== 'text') process.stdout.write(report(linted, format, options, terminal));
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

/** Half a file is never left behind. */
function writeBesideAndRename(file: string, text: string): void {
  const beside = join(dirname(resolve(file)), `.${basename(file)}-${process.pid}`);
  try {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    const reason = error instanceof Error ? error.message.split(',')[0] : String(error);
    throw new UserError(`cannot write ${file}: ${reason}`, 'give a file that can be written with --out FILE');
  }
}
