// Reports to open in a browser: scenarios run and made into HTML as the command line does it.
import { htmlReport } from '../../reports/html/report.js';
import { stableJson } from '../../reports/json.js';
import { fingerprint } from '../../reports/results.js';
import { type LoadScenarioOptions, loadScenario } from '../../scenarios/loading/load-scenario.js';
import type { RunResult } from '../../scenarios/result/run-result.js';
import { runScenario } from '../../scenarios/run.js';
import { builtAssets } from './browser.js';

export async function runOf(path: string, options: LoadScenarioOptions = {}): Promise<RunResult> {
  const loaded = loadScenario(path, options);
  const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const { result } = await runScenario(loaded, { workers: 0 });
  if (result === null) throw new Error('no result');
  return result;
}

export function reportOf(result: RunResult): string {
  const about = { version: '0.0.0', command: 'seatrial run .', fingerprint: fingerprint(stableJson(result)) };
  return htmlReport(result, builtAssets(), about);
}
