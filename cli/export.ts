// `seatrial export envoy`: the plan of one workload's client proxy as the bootstrap of a real Envoy.
import { existsSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { MeshPlan } from '../models/plan/contract/plan.js';
import { type Bootstrap, envoyBootstrap, type SocketAddress } from '../reports/envoy/bootstrap.js';
import { into } from '../scenarios/gather/tree.js';
import { loadScenario } from '../scenarios/loading/load-scenario.js';
import { nearestName } from '../sim/nearest.js';
import { EXIT } from './exit-codes.js';
import { tellFindings } from './findings.js';
import { checkOutputFile, writeOutputFile } from './output-file.js';
import { UserError } from './user-error.js';

export interface ExportOptions {
  readonly workload: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly istio?: string;
  readonly envoy?: string;
  readonly maxInput?: number;
  readonly strict?: boolean;
  readonly quiet?: boolean;
}

const LOOPBACK = '127.0.0.1';
/** istio: the port that outbound traffic is redirected to, and the port of Envoy's own administration. */
const LISTENER_PORT = 15001;
const ADMIN_PORT = 15000;
/** Pods listen from here on, in the order of the plan. */
const FIRST_ENDPOINT_PORT = 20_000;
const FIRST_WORDS = '# Outbound proxy of ';

/** Returns the exit code. Throws a user's error for a workload that is not there, or a file that cannot be written. */
export function exportEnvoy(path: string, options: ExportOptions): number {
  const file = `${path.replace(/\/+$/, '')}/scenario.yaml`;
  const input = path !== '-' && existsSync(file) ? file : path;
  const isReplaceable = (there: string): boolean => options.force === true || isBootstrap(readFileSync(there, 'utf8'));
  const { plan, resources, diagnostics } = loadScenario(input, {
    maxInputBytes: options.maxInput,
    strict: options.strict,
    istioVersion: options.istio,
    envoyVersion: options.envoy,
    rendering: into('export envoy'),
  });
  tellFindings(diagnostics, { quiet: options.quiet ?? false });
  if (plan === null) return EXIT.usage;
  const inputs = [input, ...(resources?.objects ?? []).map(({ document }) => document.file)];
  const out = options.out === undefined ? null : checkOutputFile(options.out, { inputs, isReplaceable });
  const text = bootstrapText(plan, workloadIndex(plan, options.workload), options.out?.endsWith('.json') ?? false);
  if (out === null) process.stdout.write(text);
  else writeOutputFile(out, text);
  return EXIT.good;
}

/** Whether a text is an earlier answer of this command. */
function isBootstrap(text: string): boolean {
  return text.startsWith(FIRST_WORDS) || (text.startsWith('{') && text.includes('seatrial'));
}

function bootstrapText(plan: MeshPlan, workload: number, isJson: boolean): string {
  const bootstrap = envoyBootstrap(plan, workload, {
    listener: { address: LOOPBACK, port: LISTENER_PORT },
    admin: { address: LOOPBACK, port: ADMIN_PORT },
    endpoint: endpoints(plan),
    accessLog: '/dev/stdout',
  });
  if (isJson) return `${JSON.stringify(bootstrap.message, null, 2)}\n`;
  return `${comment(plan, workload, bootstrap)}${stringify(bootstrap.message, { aliasDuplicateObjects: false })}`;
}

function endpoints(plan: MeshPlan): (workload: number, pod: number) => SocketAddress {
  let next = FIRST_ENDPOINT_PORT;
  const first = plan.workloads.map(({ podLocalities }) => {
    const port = next;
    next += podLocalities.length;
    return port;
  });
  return (workload, pod) => ({ address: LOOPBACK, port: first[workload] + pod });
}

function comment(plan: MeshPlan, workload: number, { notes, calls }: Bootstrap): string {
  const { name, namespace } = plan.workloads[workload];
  const lines = [
    `${FIRST_WORDS.slice('# '.length)}${name}.${namespace}, as Istio ${plan.istioVersion} would configure it: envoy -c THIS_FILE`,
    ...notes,
    'Calls:',
    ...[...calls.values()].map((call) => `  ${call}`),
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}

/** `web.default`, `default/web`, or `web` where only one workload has that name. */
function workloadIndex(plan: MeshPlan, wanted: string): number {
  const callers = [...plan.workloads.keys()].filter((index) => plan.sites.some(({ caller }) => caller === index));
  const names = callers.map((index) => `${plan.workloads[index].name}.${plan.workloads[index].namespace}`);
  const found = callers.filter((index) => {
    const { name, namespace } = plan.workloads[index];
    return [`${name}.${namespace}`, `${namespace}/${name}`, name].includes(wanted);
  });
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw new UserError(`--workload ${wanted} is not the name of one workload`, 'write NAME.NAMESPACE');
  const near = nearestName(wanted, names);
  throw new UserError(
    `--workload ${wanted}: no workload of this name makes calls`,
    near === null ? `those that do: ${names.slice(0, 20).join(', ')}` : `did you mean ${near}?`,
  );
}
