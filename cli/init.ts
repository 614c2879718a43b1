// `seatrial init`: writes the first scenario for a directory of YAML, and says what to look at in it.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createColors } from 'picocolors';
import { initSummaryText } from '../reports/init-summary.js';
import { initScenario } from '../scenarios/init/init-scenario.js';
import { EXIT } from './exit-codes.js';
import { tellFindings } from './findings.js';
import { checkOutputFile, writeOutputFile } from './output-file.js';
import { refuseOddPath } from './output-place.js';
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
  const toStandardOutput = options.out === STANDARD_OUTPUT;
  if (options.out !== undefined && !toStandardOutput) refuseOddPath(options.out, 'FILE');
  const started = initScenario(path, {
    file: toStandardOutput ? undefined : options.out,
    maxInputBytes: options.maxInput,
    strict: options.strict,
  });
  const file = toStandardOutput
    ? null
    : checkOutputFile(started.file, { inputs: [], isReplaceable: (there) => mayReplace(there, options) });
  tellFindings(started.diagnostics, { quiet: options.quiet === true });
  if (started.inferred === null) return EXIT.usage;
  const { text, draft } = started.inferred;
  if (file === null) process.stdout.write(text);
  else writeOutputFile(file, text);
  if (options.quiet !== true) {
    const isUsual = basename(started.file) === 'scenario.yaml';
    const place = isUsual ? dirname(started.file) : started.file;
    const shown = toStandardOutput ? 'scenario' : started.file;
    const colors = createColors(wantsColor(process.stderr));
    const next = `${path === '-' ? '… | ' : ''}seatrial run ${place}`;
    process.stderr.write(initSummaryText({ draft, file: shown, next }, colors));
  }
  return EXIT.good;
}

/** Any file is safe without `--force`; with it all but a scenario is. */
function mayReplace(file: string, { force }: InitOptions): boolean {
  if (force !== true) return false;
  if (/^\s*"?kind"?\s*:\s*["']?Scenario\b/m.test(readFileSync(file, 'utf8'))) return true;
  throw new UserError(`${file} is not a scenario`, 'write another file with --out FILE');
}
