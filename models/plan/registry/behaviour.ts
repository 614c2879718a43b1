// What the user says about the work of services and workloads, found by name; the nearest wins, field by field.

import type { BehaviourInput, BehaviourSpec, NamedBehaviour } from '../settings/input.js';
import type { Findings } from '../terms/findings.js';
import { namedWorkloads, noService, oneService } from './named.js';
import type { OutsideHosts } from './outside-hosts.js';
import type { Registry } from './registry.js';
import type { Service } from './service.js';
import type { Workload, Workloads } from './workload.js';

export class Behaviours {
  private readonly byService = new Map<Service, BehaviourSpec>();
  private readonly byWorkload = new Map<number, BehaviourSpec>();
  private readonly merged = new Map<number, BehaviourSpec>();
  /** Of names that may be those of hosts outside of the cluster. */
  private readonly outsiders = new Map<string, NamedBehaviour>();

  /** Names that do not exist, or that mean several, are errors. */
  constructor(
    private readonly input: BehaviourInput,
    private readonly registry: Registry,
    private readonly outside: OutsideHosts,
    workloads: Workloads,
    findings: Findings,
  ) {
    for (const behaviour of input.services) {
      if (registry.named(behaviour.name).length === 0 && outside.canBe(behaviour.name)) {
        this.outsiders.set(behaviour.name, behaviour);
        continue;
      }
      const service = oneService(behaviour, registry, findings);
      if (service !== null) this.byService.set(service, behaviour.spec);
    }
    for (const behaviour of input.workloads) {
      for (const workload of namedWorkloads(behaviour, workloads, findings)) {
        this.byWorkload.set(workload.index, behaviour.spec);
      }
    }
  }

  /** The workload's own fields, then those of the first of its services that has any, then the defaults. */
  of(workload: Workload): BehaviourSpec {
    const known = this.merged.get(workload.index);
    if (known !== undefined) return known;
    const service = this.registry.behind(workload).find((candidate) => this.byService.has(candidate));
    const own = service === undefined ? this.ofOutside(workload) : this.byService.get(service);
    const outer = inherited(this.input.defaults, own);
    const spec = inherited(outer, this.byWorkload.get(workload.index));
    this.merged.set(workload.index, spec);
    return spec;
  }

  private ofOutside(workload: Workload): BehaviourSpec | undefined {
    const host = this.outside.hostOf(workload);
    return host === null ? undefined : this.outsiders.get(host)?.spec;
  }

  /** Names that would be those of hosts outside, and that nobody has called. */
  checkOutside(workloads: Workloads, findings: Findings): void {
    const called = new Set(workloads.all.map((workload) => this.outside.hostOf(workload)));
    for (const behaviour of this.outsiders.values()) {
      if (!called.has(behaviour.name)) noService(behaviour, this.registry, findings);
    }
  }

  /** Replicas that the scenario gives to the workload or its service. */
  replicasOf(workload: Workload): number | undefined {
    return this.ofReplicas(workload)?.replicas;
  }

  /** The behaviour that the number of pods is of: what holds for services and by default does not reach gateways and waypoints. */
  ofReplicas(workload: Workload): BehaviourSpec | undefined {
    const isProxy = workload.kind === 'gateway' || workload.kind === 'waypoint';
    return isProxy ? this.byWorkload.get(workload.index) : this.of(workload);
  }
}

function inherited(outer: BehaviourSpec, own: BehaviourSpec | undefined): BehaviourSpec {
  return own === undefined ? outer : { ...outer, ...own, sources: { ...outer.sources, ...own.sources } };
}
