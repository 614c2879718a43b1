// A process of its own for mutated runs: gets numbers, answers with what became of the run, its CPU and the most memory so far.
import { fileURLToPath } from 'node:url';
import { readReportAssets } from '../cli/report-assets.js';
import { applications } from './applications.js';
import { FullRuns, type Outcome } from './full-run.js';

export interface Answer {
  readonly number: number;
  readonly application: string;
  readonly outcome: Outcome;
  readonly cpuMs: number;
  /** Of the whole process until now. */
  readonly maxRssBytes: number;
  readonly rssBytes: number;
}

const KIB = 1024;
const root = fileURLToPath(new URL('../..', import.meta.url));
const runs = new FullRuns(applications(root), await readReportAssets());

process.on('message', async (number: number) => {
  const before = process.cpuUsage();
  const outcome = await runs.run(number);
  const { user, system } = process.cpuUsage(before);
  const answer: Answer = {
    number,
    application: runs.nameOf(number),
    outcome,
    cpuMs: (user + system) / 1000,
    maxRssBytes: process.resourceUsage().maxRSS * KIB,
    rssBytes: process.memoryUsage.rss(),
  };
  process.send?.(answer);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
