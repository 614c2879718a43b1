// `npm run bench [group …]`: how fast the simulator is, each group in a process of its own so that none warms or dirties another's code.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './mesh.js';

const GROUPS = [
  'calendar',
  'queues',
  'lean',
  'full',
  'compare',
  'lint',
  'load',
  'day',
  'zone',
  'unaffected',
  'ratios',
] as const;
type Group = (typeof GROUPS)[number];

async function run(group: Group): Promise<readonly BenchRow[]> {
  switch (group) {
    case 'calendar':
      return (await import('./kernel.js')).benchCalendar();
    case 'queues':
      return (await import('./kernel.js')).benchQueues();
    case 'lean':
    case 'full':
      return (await import('./mesh.js')).benchMesh(group);
    case 'compare':
      return (await import('./compare.js')).benchCompare();
    case 'lint':
      return await (await import('./lint.js')).benchLint();
    case 'load':
      return (await import('./load.js')).benchLoad();
    case 'day':
      return (await import('./day.js')).benchDay();
    case 'zone':
      return (await import('./zone-loss.js')).benchZoneLoss();
    case 'unaffected':
      return (await import('./unaffected.js')).benchUnaffected();
    case 'ratios':
      return (await import('./ratios.js')).benchRatios();
  }
}

function print(rows: readonly BenchRow[]): void {
  for (const { name, value, unit } of rows) {
    const digits = value < 10 ? 2 : value < 1000 ? 1 : 0;
    const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    process.stdout.write(`${name.padEnd(52)}${number.padStart(14)} ${unit}\n`);
  }
}

const asked = process.argv.slice(2);
if (asked[0] === '--measure') {
  const { measure } = await import('./ratios.js');
  process.stdout.write(`${await measure(asked[1]!)}\n`);
} else if (asked[0] === '--inside') {
  print(await run(asked[1] as Group));
} else {
  for (const name of asked) {
    if (!GROUPS.includes(name as Group)) {
      process.stderr.write(`bench: no group "${name}"; there are ${GROUPS.join(', ')}\n`);
      process.exit(2);
    }
  }
  for (const group of asked.length > 0 ? asked : GROUPS) {
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--inside', group], { stdio: 'inherit' });
  }
}
