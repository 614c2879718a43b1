// In which order the containers of a pod start: init containers one after the other, native sidecars among them as soon
// as each has started, then the ordinary containers in their order, each as soon as the hook of the one before has
// returned.
// Source: k8s: pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions, computeInitContainerActions,
// SyncPod), kuberuntime_container.go (startContainer: image, start, postStart hook).

/** What a container is within its pod: a native sidecar is an init container with `restartPolicy: Always`. */
export type ContainerRole = 'init' | 'sidecar' | 'ordinary';

/** How far a container has come. */
export type StartPhase =
  | 'waiting' // nothing has been done
  | 'preparing' // its image is pulled, it is created, or its postStart hook runs
  | 'running' // its postStart hook, if any, has returned; its startup probe has not succeeded
  | 'started' // it runs, and its startup probe has succeeded, or it has none
  | 'completed' // exit 0
  | 'failed'; // it exited otherwise, and waits for its restart

/** A container of a pod that starts. */
export interface StartingContainer {
  readonly role: ContainerRole;
  readonly phase: StartPhase;
}

/**
 * Which container is to be pulled and started now.
 * @param containers init containers and sidecars in the order of `initContainers`, then `containers`
 * @returns its index; null: there is one to wait for, or all are on their way
 */
export function nextToStart(containers: readonly StartingContainer[]): number | null {
  for (const [index, { role, phase }] of containers.entries()) {
    if (phase === 'waiting') return index;
    if (blocks(role, phase)) return null;
  }
  return null;
}

/** Whether what comes after a container has to wait for it. */
function blocks(role: ContainerRole, phase: StartPhase): boolean {
  switch (role) {
    case 'init':
      return phase !== 'completed';
    case 'sidecar':
      // A sidecar that has started once and crashed is restarted beside the others.
      return phase === 'preparing' || phase === 'running';
    case 'ordinary':
      return phase === 'preparing';
  }
}
