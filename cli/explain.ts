// `seatrial explain`: the way of one request through the mesh, hop by hop, and why it is this one.
import type { Change } from '../models/config/change.js';
import type { Diagnostic } from '../models/config/diagnostic.js';
import { COMMAND_LINE } from '../models/plan/explain/index.js';
import { explanationText } from '../reports/explain/text.js';
import { stableJson } from '../reports/json.js';
import { parseDurationNs } from '../scenarios/document/words.js';
import { explainRequest } from '../scenarios/explain/explain-request.js';
import { setEntry } from '../sim/lookup.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { tellFindings } from './findings.js';
import { scenarioPathOf } from './scenario-path.js';
import { wantsColor, widthOf } from './terminal.js';
import { UserError } from './user-error.js';

export interface ExplainOptions {
  readonly from: string;
  readonly to: string;
  readonly request: string;
  readonly header?: readonly string[];
  readonly scenario?: string;
  readonly at?: string;
  readonly istio?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly maxInput?: number;
  readonly strict?: boolean;
  readonly set?: readonly Change[];
}

/** Who is not in the mesh. */
const OUTSIDE = 'outside';

/** Returns the exit code. Throws a user's error for a question that has no answer. */
export function explain(paths: readonly string[], options: ExplainOptions): ExitCode {
  const { explanation, diagnostics } = explainRequest(whereToLook(paths, options), {
    from: options.from === OUTSIDE ? null : options.from,
    to: options.to,
    method: options.request.toUpperCase(),
    headers: headersOf(options.header ?? []),
    scenario: options.scenario,
    atNs: timeOf(options.at),
    istioVersion: options.istio,
    maxInputBytes: options.maxInput,
    strict: options.strict,
    changes: options.set,
  });
  const [refused] = diagnostics.filter(isAboutQuestion);
  tellFindings(
    diagnostics.filter((diagnostic) => diagnostic.position?.file !== COMMAND_LINE),
    { quiet: options.quiet ?? false },
  );
  if (refused !== undefined) throw new UserError(refused.message, refused.hint ?? 'see seatrial explain --help');
  if (explanation === null) return EXIT.usage;
  if (options.json) process.stdout.write(stableJson(explanation));
  else
    process.stdout.write(
      explanationText(explanation, { color: wantsColor(process.stdout), width: widthOf(process.stdout) }),
    );
  return EXIT.good;
}

function timeOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const timeNs = parseDurationNs(word);
  if (timeNs === null || timeNs < 0)
    throw new UserError(`--at ${word} is not a time`, 'give a time of the timeline such as 6m');
  return timeNs;
}

function isAboutQuestion({ severity, position }: Diagnostic): boolean {
  return severity === 'error' && (position === null || position.file === COMMAND_LINE);
}

/** The paths; without any the mesh of the scenario that is named, else this directory. A directory stands for its `scenario.yaml`. */
function whereToLook(paths: readonly string[], { scenario }: ExplainOptions): readonly string[] {
  if (paths.length === 0) return scenario === undefined ? [scenarioPathOf('.')] : [scenario];
  return paths.length === 1 ? [scenarioPathOf(paths[0])] : paths;
}

/** `name: value`, as curl has them. */
function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)$/.exec(line);
    if (match === null) throw new UserError(`--header ${line} is not a header`, "write it as 'name: value'");
    setEntry(headers, match[1].toLowerCase(), match[2]);
  }
  return headers;
}
