// A checked scenario and the cluster's resources → what models/plan compiles; every default that was taken is said.
import type { ResourceSet } from '../../models/config/load.js';
import { envoyRelease, KNOWN_ENVOY_VERSIONS } from '../../models/plan/contract/envoy-versions.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import { zonesOfNodes } from '../../models/plan/registry/cluster-nodes.js';
import type { BehaviourInput, BehaviourSpec, PlanInput, StepInput } from '../../models/plan/settings/input.js';
import type { NodeInput } from '../../models/plan/settings/node-input.js';
import { KNOWN_ISTIO_VERSIONS, releaseDefaults } from '../../models/plan/settings/versions.js';
import { regionByName } from '../../models/plan/terms/locality.js';
import type { ScenarioSpec } from '../document/schema.js';
import { readBehaviour, readNamedBehaviours } from './behaviour.js';
import { readFilterCost } from './filters.js';
import { readAmbientCosts, readLinkerdCost, readNetwork, readPlacement, readProxyCost } from './network.js';
import { readNodes } from './nodes.js';
import type { ScenarioReader } from './reader.js';
import { sayProxyAssumptions } from './say-proxies.js';
import { serviceNames } from './service-names.js';
import { inherit, WORK_DEFAULTS } from './steps.js';
import { readTraffic } from './traffic.js';

const DEFAULT_NODE_CORES = 4;

/** What a request costs where nobody says. */
const DEFAULT_WORK: StepInput = {
  kind: 'work',
  duration: { kind: 'lognormal', mean: 5e6, cv: 1 },
  cpuShare: 1,
  retryWork: 'fresh',
};

export interface PlanInputReading {
  readonly input: PlanInput;
  /** End of the last stage of the load; 0 without stages. */
  readonly stagesNs: number;
}

/** What is wrong or assumed goes to `reader.findings`; the input is only to be used where that has no error. */
export function toPlanInput(
  reader: ScenarioReader,
  spec: ScenarioSpec,
  resources: ResourceSet,
  istioVersionOverride?: string,
  envoyVersionOverride?: string,
): PlanInputReading {
  const istioVersion = istioVersionOverride ?? readIstioVersion(reader, spec);
  const envoyVersion = envoyVersionOverride ?? readEnvoyVersion(reader, spec);
  const nodes = readNodes(reader, spec.nodes);
  const placement = placementOf(reader, spec, resources, nodes);
  const { traffic, stagesNs } = readTraffic(reader, spec.traffic);
  const input: PlanInput = {
    resources,
    istioVersion,
    ...(envoyVersion === undefined ? {} : { envoyVersion }),
    traffic,
    behaviour: readBehaviours(reader, spec),
    network: readNetwork(reader, spec, placement),
    proxy: readProxyCost(reader, spec, istioVersion),
    placement,
    ...(nodes.length === 0 ? {} : { nodes }),
    nodeCores: spec.nodeCores ?? DEFAULT_NODE_CORES,
    ...(spec.nodeCores === undefined ? { nodeCoresAssumed: true } : {}),
    ...(spec.nodesPerZone === undefined ? {} : { nodesPerZone: spec.nodesPerZone }),
    ...readAmbientCosts(reader, spec),
    linkerd: readLinkerdCost(reader, spec),
    ...(spec.injection === undefined ? {} : { injection: spec.injection }),
    filters: readFilterCost(reader, spec),
  };
  return { input, stagesNs };
}

/** The zones of the nodes, each once. */
function zonesOf(nodes: readonly NodeInput[]): PlanInput['placement'] {
  const places = nodes.flatMap(({ zones }) =>
    zones.map(({ region, zone }) => ({ region: region === '' ? regionByName(zone) : region, zone })),
  );
  return [...new Map(places.map((place) => [`${place.region}/${place.zone}`, place])).values()];
}

/** Zones of the scenario, else those of its nodes, else those of the Nodes in the YAML. */
function placementOf(
  reader: ScenarioReader,
  spec: ScenarioSpec,
  resources: ResourceSet,
  nodes: readonly NodeInput[],
): PlanInput['placement'] {
  const given = zonesOf(nodes);
  if (spec.zones === undefined && given.length > 0) return given;
  const found = spec.zones === undefined ? zonesOfNodes(resources.nodes) : [];
  if (found.length === 0) return readPlacement(reader, spec.zones);
  reader.assumed(['spec', 'zones'], `pods are spread over the ${found.length} zone(s) of the Nodes in the YAML`);
  return found;
}

function readIstioVersion(reader: ScenarioReader, spec: ScenarioSpec): string {
  const { istioVersion } = spec;
  const newest = KNOWN_ISTIO_VERSIONS[KNOWN_ISTIO_VERSIONS.length - 1];
  const path = ['spec', 'istioVersion'];
  if (istioVersion === undefined) return newest;
  if (releaseDefaults(String(istioVersion)) === null) {
    const hint =
      typeof istioVersion === 'number' ? 'YAML reads 1.30 as the number 1.3: write it in quotes, "1.30"' : undefined;
    const known = KNOWN_ISTIO_VERSIONS.join(', ');
    reader.wrong(path, `Istio ${istioVersion} is not known; known releases are ${known}`, hint);
  }
  return String(istioVersion);
}

/** Undefined: the one that the release of Istio carries. */
function readEnvoyVersion(reader: ScenarioReader, { envoyVersion }: ScenarioSpec): string | undefined {
  if (envoyVersion === undefined) return undefined;
  if (envoyRelease(String(envoyVersion)) === null) {
    const hint =
      typeof envoyVersion === 'number' ? 'YAML reads 1.30 as the number 1.3: write it in quotes, "1.30"' : undefined;
    const known = KNOWN_ENVOY_VERSIONS.join(', ');
    reader.wrong(['spec', 'envoyVersion'], `Envoy ${envoyVersion} is not known; known releases are ${known}`, hint);
  }
  return String(envoyVersion);
}

function readBehaviours(reader: ScenarioReader, spec: ScenarioSpec): BehaviourInput {
  const path = ['spec', 'defaults'];
  const outer = inherit(reader, path, spec.defaults ?? {}, WORK_DEFAULTS);
  const defaults: BehaviourSpec = readBehaviour(reader, path, spec.defaults ?? {}, WORK_DEFAULTS);
  return {
    defaults: defaults.steps === undefined ? { ...defaults, steps: [DEFAULT_WORK] } : defaults,
    services: readNamedBehaviours(reader, ['spec', 'services'], spec.services, outer),
    workloads: readNamedBehaviours(reader, ['spec', 'workloads'], spec.workloads, outer),
  };
}

/** Says which services of the compiled plan run on defaults. */
export function sayPlanAssumptions(reader: ScenarioReader, spec: ScenarioSpec, plan: MeshPlan): void {
  const names = serviceNames(plan);
  const listed = (indices: readonly number[]): string => [...new Set(indices.map((i) => names[i]))].join(', ');
  const untouched = JSON.stringify([DEFAULT_WORK]);
  const onDefault = plan.handlers
    .filter(({ workload, program }) => plan.workloads[workload].kind === 'app' && JSON.stringify(program) === untouched)
    .map(({ workload }) => workload);
  if (onDefault.length > 0) {
    reader.assumed(
      ['spec', 'defaults', 'work'],
      `nothing is said about the work of ${listed(onDefault)}: lognormal(mean=5ms, cv=1) of CPU a request and no calls to others; ` +
        'give it under services or defaults',
    );
  }
  sayProxyAssumptions(reader, spec, plan);
  const unlimited = plan.workloads.flatMap(({ kind, app }, i) =>
    kind === 'app' && app.cpuLimitMillis === null ? [i] : [],
  );
  if (spec.nodeCores !== undefined) return;
  const byNode = unlimited.filter((i) => plan.workloads[i]!.app.cores !== DEFAULT_NODE_CORES);
  const byDefault = unlimited.filter((i) => plan.workloads[i]!.app.cores === DEFAULT_NODE_CORES);
  if (byNode.length > 0) {
    reader.assumed(
      ['spec', 'nodeCores'],
      `no CPU limit on ${listed(byNode)}: each pod has the smallest node to itself that the YAML has for it; set nodeCores`,
    );
  }
  if (byDefault.length > 0) {
    reader.assumed(
      ['spec', 'nodeCores'],
      `no CPU limit on ${listed(byDefault)}: each pod has the ${DEFAULT_NODE_CORES} cores of a node to itself; set nodeCores`,
    );
  }
}
