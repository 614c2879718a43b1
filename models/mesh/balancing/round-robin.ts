// Round robin: hosts in turn, each worker by itself from a random start (envoy: source/extensions/load_balancing_policies/round_robin/round_robin_lb.h).
import { componentStream } from '../../../sim/random/stream.js';
import type { HostSource } from '../policies/host-source.js';
import type { ClusterState, Policy } from '../state/cluster-state.js';
import { ownerOf } from '../state/pod.js';
import { PLAIN, type PolicyKind } from './policy.js';

class RoundRobin implements Policy {
  pick(_cluster: ClusterState, source: HostSource, worker: number): number {
    return source.at(source.rotation[worker]++ % source.count);
  }
}

export const ROUND_ROBIN: PolicyKind = {
  ...PLAIN,
  weighs: true,
  make: () => new RoundRobin(),
  rotation: ({ seed, caller, name, hosts }) => {
    const rotation = new Float64Array(caller.workers);
    if (hosts === 0) return rotation;
    const stream = componentStream(seed, `round robin of ${ownerOf(caller)} to ${name}`);
    return rotation.map(() => stream.integer(hosts));
  },
};
