// A whole day of the shop of examples/: load that comes and goes with the sun, 100 requests a second in the mean, and an autoscaler at each service. What a day costs
// on one core, and whether its memory stays flat.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MeshSimulation } from '../models/mesh/run/simulation.js';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { loadScenario } from '../scenarios/loading/load-scenario.js';
import type { BenchRow } from './mesh.js';

const NS_PER_S = 1_000_000_000;
const HOURS = 24;
const EARLY_HOURS = 6;
const WARMUP_S = 10;
const MEAN_PER_SECOND = 100;
/** At night there is so much less, and at noon so much more. */
const SWING = 0.8;
const SCALED = ['storefront', 'catalogue-v1', 'basket', 'orders', 'advice', 'payments', 'stock'];
const SHOP = fileURLToPath(new URL('../../examples/shop', import.meta.url));

export function benchDay(): BenchRow[] {
  const simulation = new MeshSimulation(planOf(dayTexts()), {
    seed: 'bench',
    replication: 0,
    warmupNs: WARMUP_S * NS_PER_S,
    durationNs: HOURS * 3600 * NS_PER_S,
    intervalNs: 60 * NS_PER_S,
    maxEvents: Number.POSITIVE_INFINITY,
  });
  const { user } = process.cpuUsage();
  simulation.runUntil((WARMUP_S + EARLY_HOURS * 3600) * NS_PER_S);
  const earlyMiB = process.resourceUsage().maxRSS / 1024;
  simulation.runUntil((WARMUP_S + HOURS * 3600) * NS_PER_S);
  const seconds = (process.cpuUsage().user - user) / 1e6;
  const { happenings = [], rows } = simulation.result();
  return [
    { name: 'day: 24 h, user CPU', value: seconds, unit: 's' },
    { name: 'day: attempts', value: rows.reduce((sum, { attempts }) => sum + attempts, 0) / 1e6, unit: 'million' },
    { name: 'day: events', value: simulation.events / 1e6, unit: 'million' },
    { name: 'day: times scaled', value: happenings.filter(({ kind }) => kind === 'scaled').length, unit: '' },
    { name: `day: largest memory of the process, ${EARLY_HOURS} h`, value: earlyMiB, unit: 'MiB' },
    {
      name: `day: largest memory of the process, ${HOURS} h`,
      value: process.resourceUsage().maxRSS / 1024,
      unit: 'MiB',
    },
    { name: 'day: heap at the end', value: process.memoryUsage().heapUsed / 1e6, unit: 'MB' },
  ];
}

function dayTexts(): { readonly scenario: string; readonly autoscalers: string } {
  const rates = Array.from({ length: HOURS }, (_, hour) => rateAt(hour + 1));
  return {
    scenario: `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata: { name: day }
spec:
  mesh: ["${SHOP}/kubernetes", "${SHOP}/istio", ./autoscalers.yaml]
  run: { duration: ${HOURS}h, warmup: ${WARMUP_S}s, replications: 1 }
  traffic:
    - name: shoppers
      to: http://shop.halyard.example
      startRate: ${rateAt(0)}/s
      stages: [${rates.map((rate) => `{ duration: 1h, target: ${rate}/s }`).join(', ')}]
      requests:
        - { name: home, weight: 45, path: / }
        - { name: product, weight: 35, path: /product/anchor }
        - { name: basket, weight: 15, path: /basket }
        - { name: checkout, weight: 5, method: POST, path: /checkout, timeout: 8s }
  services:
    storefront.chandlery:
      operations:
        - match: { path: /product/* }
          steps:
            - cpu: lognormal(mean=2ms, cv=0.6)
            - parallel: [{ call: catalogue:8080, path: /items }, { call: advice:8080, timeout: 200ms, onError: ignore }]
      steps: [{ cpu: "lognormal(mean=2ms, cv=0.6)" }, { call: catalogue:8080, path: /featured }]
    catalogue.chandlery:
      steps:
        - cpu: lognormal(mean=3ms, cv=1)
        - wait: lognormal(mean=4ms, cv=0.5)
        - { call: stock:9090, method: POST, path: /stock.Stock/Level, headers: { content-type: application/grpc } }
    basket.chandlery: { cpu: exponential(mean=1ms) }
    orders.chandlery:
      steps: [{ cpu: 6ms }, { call: basket:8080 }, { call: payments:8443, method: POST, path: /charge, timeout: 5s }]
    payments.chandlery:
      steps: [{ cpu: 4ms }, { call: "http://api.harbourbank.example/v1/charges", method: POST }]
    api.harbourbank.example: { wait: "empirical(p50=90ms, p90=180ms, p99=600ms)" }
    advice.chandlery: { cpu: "lognormal(mean=5ms, cv=1.5)" }
`,
    autoscalers: SCALED.map(autoscalerOf).join('\n---\n'),
  };
}

function rateAt(hour: number): number {
  return Math.round(10 * MEAN_PER_SECOND * (1 - SWING * Math.cos((2 * Math.PI * hour) / HOURS))) / 10;
}

function autoscalerOf(deployment: string): string {
  return `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${deployment}, namespace: chandlery }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${deployment} }
  minReplicas: 2
  maxReplicas: 10
  metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 20 } } }]`;
}

function planOf({ scenario, autoscalers }: ReturnType<typeof dayTexts>): MeshPlan {
  const folder = mkdtempSync(join(tmpdir(), 'seatrial-bench-'));
  writeFileSync(join(folder, 'scenario.yaml'), scenario);
  writeFileSync(join(folder, 'autoscalers.yaml'), autoscalers);
  const { plan, diagnostics } = loadScenario(join(folder, 'scenario.yaml'));
  rmSync(folder, { recursive: true });
  if (plan === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return plan;
}
