// What a controller of Kubernetes would decide, without a run: the kubelet and a container that crashes.
import { kubernetes } from 'seatrial/models';

const S = 1e9;
const backOff = new kubernetes.RestartBackoff();
const starts = [0];
for (let i = 0; i < 5; i++) starts.push(backOff.restartAt(starts.at(-1) + S));

console.log(`a container that lives for a second each time starts at ${starts.map((ns) => ns / S).join(', ')} s`);
