// What the user is told about the callers and services that requests meet: where the simulation takes something for granted.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { Workload } from '../registry/workload.js';
import type { Dial } from '../routes/dial.js';
import type { Findings } from '../terms/findings.js';
import { isHttp } from '../terms/protocol.js';

export function noteMissingProxy(caller: Workload, at: SourcePosition, findings: Findings): void {
  findings.approximated(
    caller.resource,
    '',
    caller.position ?? at,
    caller.kind === 'client'
      ? 'the client is outside of the mesh: its connections are not limited; each connection of a closed loop keeps to a random pod, and each request of an open loop comes from somebody else'
      : "its pods have no sidecar: kube-proxy chooses a pod for each connection; the application is taken to keep as many as it has calls in flight, and its idle ones as the scenario's connections say",
  );
}

export function noteService(dial: Dial, findings: Findings): void {
  if (dial.kind !== 'service') return;
  const { resource, position, discovery, source } = dial.service;
  if (dial.portInfo.protocol === 'auto') {
    findings.approximated(
      resource,
      'spec.ports',
      position,
      `port ${dial.portInfo.number} declares no protocol: the proxy detects it, and the simulation takes it for HTTP`,
    );
  }
  if (discovery === 'original-dst' && source === 'kubernetes' && isHttp(dial.portInfo.protocol)) {
    findings.approximated(
      resource,
      'spec.clusterIP',
      position,
      'a headless Service is reached at the address that the client resolved; a random pod is chosen for each request instead',
    );
  }
}

export function noteExternal(workload: Workload, findings: Findings): void {
  if (workload.kind !== 'external') return;
  findings.approximated(
    workload.resource,
    'spec',
    workload.position,
    `${workload.name} is outside of the cluster: it works as the scenario says, and is as far as clients outside where it has no locality`,
  );
}
