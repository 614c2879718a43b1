// `npm run validate [-- --runs 20000] [--first 0] [--workers 1] [--minutes 60]`: what takes longer than a test may. Mutated applications are run from end to end in
// processes of their own; none may end in a fault, take over 5 s of CPU or over 1 GiB. The result goes to docs/validation/.
// `npm run validate -- --show N --try M` prints the texts of run N, `--only N` runs it alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readReportAssets } from '../cli/report-assets.js';
import { applications } from './applications.js';
import { FullRuns } from './full-run.js';
import { type Finding, runAll, type Totals } from './processes.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RESULT = 'docs/validation/mutated-runs.json';
const GIB = 1024 ** 3;
const MS_PER_MINUTE = 60_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    first: { type: 'string', default: '0' },
    workers: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
    out: { type: 'string', default: join(ROOT, RESULT) },
    only: { type: 'string' },
    try: { type: 'string', default: '0' },
    show: { type: 'string' },
  },
});

async function main(): Promise<number> {
  if (values.show !== undefined || values.only !== undefined) return await one();
  const startedAt = new Date();
  const totals = await runAll({
    first: Number(values.first),
    runs: Number(values.runs),
    workers: Number(values.workers),
    wallMs: Number(values.minutes) * MS_PER_MINUTE,
    onFinding: tell,
    onProgress: (done) => process.stderr.write(`${done} of ${values.runs} runs\n`),
  });
  const text = `${JSON.stringify(reportOf(totals, startedAt), null, 2)}\n`;
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, text);
  process.stdout.write(text);
  return totals.findings.length === 0 ? 0 : 1;
}

async function one(): Promise<number> {
  const runs = new FullRuns(applications(ROOT), await readReportAssets());
  const number = Number(values.show ?? values.only);
  if (values.show !== undefined)
    process.stdout.write(
      `${runs
        .textsOf(number, Number(values.try))
        .map(({ text }) => text)
        .join('\n---\n')}\n`,
    );
  else process.stdout.write(`${JSON.stringify(await runs.run(number), null, 2)}\n`);
  return 0;
}

function tell({ number, application, words }: Finding): void {
  process.stderr.write(`run ${number} (${application}): ${words}\n  again: npm run validate -- --only ${number}\n`);
}

function reportOf({ findings, ...counts }: Totals, startedAt: Date) {
  return {
    what: 'valid mutations of the examples and of published applications, run from end to end',
    date: startedAt.toISOString().slice(0, 10),
    commit: commit(),
    machine: { cores: availableParallelism(), memoryGiB: Math.round(totalmem() / GIB), node: process.version },
    first: Number(values.first),
    asked: Number(values.runs),
    ...counts,
    findings: findings.map(({ number, application, words }) => ({ number, application, words: words.split('\n')[0] })),
  };
}

/** The commit that was run, marked where files differ from it. */
function commit(): string {
  const git = (...words: string[]): string => execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).trim();
  return (
    git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+')
  );
}

process.exitCode = await main();
