// What a pod says about its end: how long its processes have, what runs before SIGTERM, and what SIGTERM does.
// k8s: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer); istio: pkg/envoy/agent.go, pilot/cmd/pilot-agent/options.

/**
 * What SIGTERM does to an application. `exit`: the process has no handler, and is gone at once. `drain`: it takes no connection any more, ends what it has,
 * and exits. `ignore`: it goes on as if nothing had happened until SIGKILL (a first process of a container without a handler, a shell that passes nothing on).
 */
export type OnSigterm = 'exit' | 'drain' | 'ignore';

export interface StoppingPlan {
  /** `terminationGracePeriodSeconds`. */
  readonly graceSeconds: number;
  /** The preStop hook of the application (the longest of its containers); 0: none, or none that takes time. */
  readonly hookNs: number;
  readonly onSigterm: OnSigterm;
  /** null: its proxy, if there is one, ends with the application. */
  readonly proxy: ProxyStoppingPlan | null;
}

export interface ProxyStoppingPlan {
  /** A native sidecar: SIGTERM comes when the application has exited, and Istio's hook drains from the deletion on. */
  readonly isNative: boolean;
  /** Its own preStop hook; 0: none that takes time. */
  readonly hookNs: number;
  /** From SIGTERM to the kill of Envoy (`terminationDrainDuration`). */
  readonly terminationDrainNs: number;
  /** EXIT_ON_ZERO_ACTIVE_CONNECTIONS, and MINIMUM_DRAIN_DURATION. */
  readonly exitsOnZeroConnections: boolean;
  readonly minimumDrainNs: number;
}

/** k8s: pkg/apis/core/types.go, DefaultTerminationGracePeriodSeconds. */
export const GRACE_SECONDS = 30;

/** Of a classic sidecar, or a gateway (istio: pkg/config/mesh/mesh.go, pilot/cmd/pilot-agent/options/options.go). */
export const CLASSIC_PROXY: ProxyStoppingPlan = {
  isNative: false,
  hookNs: 0,
  terminationDrainNs: 5_000_000_000,
  exitsOnZeroConnections: false,
  minimumDrainNs: 5_000_000_000,
};

/** Linkerd's proxy ends when no connection is left (linkerd2-proxy: linkerd/app/src/lib.rs, shutdown); here its connections are looked at once a second. */
export const LINKERD_PROXY: ProxyStoppingPlan = { ...CLASSIC_PROXY, exitsOnZeroConnections: true, minimumDrainNs: 0 };
