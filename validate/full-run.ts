// One mutated application all the way: mutated, read, compiled, simulated, summarised, and written in every format.
import type { Diagnostic } from '../models/config/diagnostic.js';
import { csvFiles } from '../reports/csv.js';
import type { ReportAssets } from '../reports/html/document.js';
import { htmlReport } from '../reports/html/report.js';
import { markdownReport } from '../reports/markdown.js';
import { fingerprint, resultsJson } from '../reports/results.js';
import { summaryText } from '../reports/summary.js';
import { InvalidMeshError, loadMesh } from '../scenarios/library.js';
import { runScenario } from '../scenarios/run.js';
import { Mutator, textOf, ValueBank } from '../test/support/valid-mutations.js';
import type { Application } from './applications.js';

const DURATION_NS = 1e9;
const REPLICATIONS = 2;
const MOST_EVENTS = 6000;
/** Every so many runs an HTML report is made, which costs as much as all else. */
const HTML_EVERY = 5;
/** A mutation that makes the input invalid is refused with its places; then another is tried. */
const TRIES = 5;
/** Errors about the whole have no place. */
const OF_THE_WHOLE = new Set(['no-scenario', 'several-scenarios']);

export type Outcome =
  /** Simulated, with reports. */
  | { readonly kind: 'ran'; readonly events: number; readonly refusals: number }
  /** Exit code 2, with places, in every try. */
  | { readonly kind: 'refused'; readonly refusals: number }
  | { readonly kind: 'fault'; readonly words: string };

export class FullRuns {
  private readonly bank = new ValueBank();
  /** An application's turns, the more the smaller it is: they cost as much together as each large one. */
  private readonly turns: readonly Application[];

  constructor(
    apps: readonly Application[],
    private readonly assets: ReportAssets = { script: '', style: '' },
  ) {
    this.turns = turnsOf(apps);
    for (const { documents } of apps)
      for (const document of documents) this.bank.add(structuredClone(document) as never);
  }

  private of(number: number): Application {
    return this.turns[number % this.turns.length]!;
  }

  nameOf(number: number): string {
    return this.of(number).name;
  }

  /** The texts of run number `number`: the same for ever, for the same applications. */
  textsOf(number: number, attempt: number): readonly { readonly name: string; readonly text: string }[] {
    const { documents } = this.of(number);
    return new Mutator(`${number}/${attempt}`, this.bank)
      .changed(documents)
      .map((document, index) => ({ name: `${index}.yaml`, text: textOf(document as never) }));
  }

  async run(number: number): Promise<Outcome> {
    let refusals = 0;
    for (; refusals < TRIES; refusals++) {
      const outcome = await this.attempt(number, refusals);
      if (outcome.kind === 'ran') return { ...outcome, refusals };
      if (outcome.kind === 'fault') return outcome;
    }
    return { kind: 'refused', refusals };
  }

  private async attempt(number: number, attempt: number): Promise<Outcome> {
    try {
      return await this.through(number, attempt);
    } catch (error) {
      if (error instanceof InvalidMeshError) {
        const lost = error.diagnostics.find(
          ({ severity, position, code }: Diagnostic) =>
            severity === 'error' && position === null && !OF_THE_WHOLE.has(code),
        );
        if (lost === undefined) return { kind: 'refused', refusals: 1 };
        return { kind: 'fault', words: `try ${attempt}: an error without a place: ${lost.message}` };
      }
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { kind: 'fault', words: `try ${attempt}: ${words}` };
    }
  }

  private async through(number: number, attempt: number): Promise<Outcome> {
    const { plan, scenario, diagnostics, fidelity } = loadMesh(this.textsOf(number, attempt));
    const run = {
      ...scenario.run,
      replications: REPLICATIONS,
      durationNs: DURATION_NS,
      warmupNs: 0,
      intervalNs: DURATION_NS / 10,
      maxEvents: MOST_EVENTS,
    };
    const relative = { scenario: { ...scenario, run }, diagnostics, fidelity };
    const { result } = await runScenario({ plan, relative }, { workers: 0 });
    if (result === null) return { kind: 'fault', words: 'a run without a result' };
    const json = resultsJson(result);
    const made = { command: 'validate', fingerprint: fingerprint(json) };
    csvFiles(result);
    markdownReport(result, made);
    summaryText(result, { color: false, width: 120 });
    if (number % HTML_EVERY === 0) htmlReport(result, this.assets, { ...made, version: '0' });
    return { kind: 'ran', events: result.events, refusals: 0 };
  }
}

/** Dealt out in rounds, so that any number of runs in a row has all of them. */
function turnsOf(apps: readonly Application[]): readonly Application[] {
  const most = Math.max(...apps.map(({ documents }) => documents.length));
  const turns = apps.map((app) => Math.max(1, Math.round(most / 3 / app.documents.length)));
  const rounds = Math.max(...turns);
  return Array.from({ length: rounds }, (_, round) =>
    apps.filter(
      (_, index) => Math.floor(((round + 1) * turns[index]!) / rounds) > Math.floor((round * turns[index]!) / rounds),
    ),
  ).flat();
}
