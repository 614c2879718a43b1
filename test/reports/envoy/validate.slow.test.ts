// A real Envoy accepts the bootstraps that we write.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refusal } from '../../../lab/envoy.js';
import type { MeshPlan } from '../../../models/plan/contract/plan.js';
import { envoyBootstrap } from '../../../reports/envoy/bootstrap.js';
import { loadScenario } from '../../../scenarios/loading/load-scenario.js';
import { ROOT } from '../../cli/script.js';
import { ENVOY, WHY_SKIPPED } from '../../lab/envoy-binary.js';
import { filteredPlan, richPlan } from './plans.js';

const PLANS: readonly (readonly [name: string, plan: () => MeshPlan])[] = [
  ['a plan with everything', richPlan],
  ['a plan with filters', filteredPlan],
  ['examples/shop', () => loadScenario(join(ROOT, 'examples/shop/scenario.yaml')).plan as MeshPlan],
];

test.skipIf(ENVOY === null).each(PLANS)(`envoy --mode validate accepts every caller of %s${WHY_SKIPPED}`, (_, make) => {
  const plan = make();
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-validate-'));
  try {
    const file = join(folder, 'bootstrap.json');
    for (const caller of new Set(plan.sites.map((site) => site.caller))) {
      const { message } = envoyBootstrap(plan, caller, {
        listener: { address: '127.0.0.1', port: 0 },
        admin: { address: '127.0.0.1', port: 0 },
        endpoint: () => ({ address: '127.0.0.1', port: 9 }),
        accessLog: '/dev/null',
      });
      writeFileSync(file, JSON.stringify(message));
      expect(refusal(ENVOY ?? '', file), plan.workloads[caller].name).toBeNull();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
