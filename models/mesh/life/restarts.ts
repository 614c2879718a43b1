// When the kubelet starts a container again that has died: at once, then 10 s after its next exit, then twice as long each time up to 5 min
// (k8s: pkg/kubelet/kubelet.go, MaxContainerBackOff, backOffPeriod).

const FIRST_NS = 10_000_000_000;
const LONGEST_NS = 300_000_000_000;

/** Of a container that dies at 0, and dies again at once whenever it is started before `downNs`: when it is started for good. */
export function backOffNs(downNs: number): number {
  let atNs = 0;
  let waitNs = FIRST_NS;
  while (atNs < downNs) {
    atNs += waitNs;
    waitNs = Math.min(2 * waitNs, LONGEST_NS);
  }
  return atNs;
}
