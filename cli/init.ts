// `seatrial init`: writes the first scenario for a directory of YAML, and says what to look at in it.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { createColors } from 'picocolors';
import { initSummaryText } from '../reports/init-summary.js';
import { initScenario } from '../scenarios/init/init-scenario.js';
import { EXIT } from './exit-codes.js';
import { tellFindings } from './findings.js';
import { wantsColor } from './terminal.js';
import { UserError } from './user-error.js';

export interface InitOptions {
  /** A file, or `-` for standard output; undefined: `scenario.yaml` in the directory. */
  readonly out?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly maxInput?: number;
  readonly strict?: boolean;
}

const STANDARD_OUTPUT = '-';

/** Returns the exit code. Throws a user's error for a file that is there already, or that cannot be written. */
export async function init(path: string, options: InitOptions): Promise<number> {
  const started = initScenario(path, {
    file: options.out === STANDARD_OUTPUT ? undefined : options.out,
    maxInputBytes: options.maxInput,
    strict: options.strict,
  });
  const isFree = options.out === STANDARD_OUTPUT || options.force === true || !existsSync(started.file);
  if (!isFree) {
    throw new UserError(
      `${started.file} is there already`,
      'replace it with --force, or write another file with --out FILE',
    );
  }
  tellFindings(started.diagnostics, { quiet: options.quiet === true });
  if (started.inferred === null) return EXIT.usage;
  const { text, draft } = started.inferred;
  if (options.out === STANDARD_OUTPUT) process.stdout.write(text);
  else await writeBesideAndRename(started.file, text);
  if (options.quiet !== true) {
    const isUsual = basename(started.file) === 'scenario.yaml';
    const place = isUsual ? dirname(started.file) : started.file;
    const shown = options.out === STANDARD_OUTPUT ? 'scenario' : started.file;
    const colors = createColors(wantsColor(process.stderr));
    process.stderr.write(initSummaryText({ draft, file: shown, next: `seatrial run ${place}` }, colors));
  }
  return EXIT.good;
}

/** Half a file is never left behind. */
async function writeBesideAndRename(file: string, text: string): Promise<void> {
  const beside = join(dirname(resolve(file)), `.${basename(file)}-${process.pid}`);
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFile(beside, text);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    const reason = error instanceof Error ? error.message.split(',')[0] : String(error);
    throw new UserError(`cannot write ${file}: ${reason}`, 'give a file that can be written with --out FILE');
  }
}
