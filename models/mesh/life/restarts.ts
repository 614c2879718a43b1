// When the kubelet starts a container for good that dies again at once as long as something is wrong with it.
import { RestartBackoff } from '../../kubernetes/kubelet/restart-backoff.js';

/** Of a container that dies at 0, and again whenever it is started before `downNs`: when it is started after that. */
export function restartedNs(downNs: number): number {
  const backOff = new RestartBackoff();
  let atNs = backOff.restartAt(0);
  while (atNs < downNs) atNs = backOff.restartAt(atNs);
  return atNs;
}
