// What a run takes for granted of the proxies of its mesh: said where it has such proxies, and only there.
import { hasIstioDefaults, meshesOf } from '../../models/plan/contract/meshes.js';
import type { MeshPlan } from '../../models/plan/contract/plan.js';
import type { ScenarioSpec } from '../document/schema.js';
import type { ScenarioReader } from './reader.js';

export function sayProxyAssumptions(reader: ScenarioReader, spec: ScenarioSpec, plan: MeshPlan): void {
  if (hasIstioDefaults(plan)) sayIstioAssumptions(reader, spec, plan);
  sayAmbientAssumptions(reader, spec, plan);
  sayLinkerdAssumptions(reader, spec, plan);
}

function sayIstioAssumptions(reader: ScenarioReader, spec: ScenarioSpec, { istioVersion }: MeshPlan): void {
  if (spec.istioVersion === undefined) {
    reader.assumed(
      ['spec', 'istioVersion'],
      `the defaults of Istio ${istioVersion} hold; set istioVersion to the release that the mesh runs`,
    );
  }
  if (spec.sidecar?.requestCpu === undefined && spec.sidecar?.responseCpu === undefined) {
    reader.assumed(
      ['spec', 'sidecar'],
      "a proxy's CPU and latency are a fit to Istio's published benchmarks; set sidecar to what you measured",
    );
  }
}

function sayLinkerdAssumptions(reader: ScenarioReader, spec: ScenarioSpec, plan: MeshPlan): void {
  if (!meshesOf(plan).includes('linkerd')) {
    if (spec.linkerd === undefined) return;
    reader.warn(
      'nothing-linkerd',
      ['spec', 'linkerd'],
      "no pod of the mesh has Linkerd's proxy: this has no effect",
      'annotate a namespace linkerd.io/inject: enabled, or delete it',
    );
    return;
  }
  if (spec.linkerd?.requestCpu === undefined && spec.linkerd?.responseCpu === undefined) {
    reader.assumed(
      ['spec', 'linkerd'],
      "Linkerd's proxies take 0.1 ms of CPU and 0.3 ms in all for a request: estimates, not to be compared with Istio's published figures; set linkerd to what you measured",
    );
  }
}

function sayAmbientAssumptions(reader: ScenarioReader, spec: ScenarioSpec, plan: MeshPlan): void {
  const ztunnel = plan.workloads.find(({ kind }) => kind === 'ztunnel');
  if (ztunnel === undefined || ztunnel.podLocalities.length === 0) {
    const idle = (['nodesPerZone', 'ztunnel'] as const).filter((name) => spec[name] !== undefined);
    for (const name of idle) {
      reader.warn(
        'nothing-ambient',
        ['spec', name],
        'no pod of the mesh is in ambient mode: this has no effect',
        'label a namespace istio.io/dataplane-mode: ambient, or delete it',
      );
    }
    return;
  }
  if (spec.nodesPerZone === undefined) {
    reader.assumed(
      ['spec', 'nodesPerZone'],
      'nodes are not read: each zone has one, whose ztunnel all its ambient pods share; set nodesPerZone',
    );
  }
  if (spec.ztunnel?.requestCpu === undefined && spec.ztunnel?.responseCpu === undefined) {
    reader.assumed(
      ['spec', 'ztunnel'],
      "CPU and latency of ztunnels and waypoints are Istio's published figures (0.06 and 0.25 ms of CPU a request); set ztunnel and waypoint to what you measured",
    );
  }
}
