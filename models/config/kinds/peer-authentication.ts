// Which connections the sidecars of servers accept (istio api: security/v1beta1/peer_authentication.proto; istio:
// pkg/config/validation/validation.go ValidatePeerAuthentication).
import type { Place } from '../place.js';
import { word } from '../scalars.js';
import { checked, mapOf, mapped, object, optional, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { PROTO } from './istio-fields.js';
import { selectionFields } from './workload-selection.js';

/** UNSET: as the policy above says. */
export type WrittenMtlsMode = 'UNSET' | 'DISABLE' | 'PERMISSIVE' | 'STRICT';

export interface PeerAuthenticationSpec {
  /** null: all workloads of its namespace, or of the mesh where it stands in the root namespace. */
  readonly selector: StringMap | null;
  readonly mode: WrittenMtlsMode;
  /** By the port of the workload, not of a Service. */
  readonly portModes: Readonly<Record<string, WrittenMtlsMode>>;
}

const mtls: Schema<WrittenMtlsMode> = mapped(
  object<{ mode: WrittenMtlsMode | null }>(
    'mTLS settings',
    { mode: optional('mode', word(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'])) },
    PROTO,
  ),
  ({ mode }) => mode ?? 'UNSET',
);

interface Written {
  readonly selector: StringMap | null;
  readonly mtls: WrittenMtlsMode | null;
  readonly portLevelMtls: Readonly<Record<string, WrittenMtlsMode>> | null;
}

export const peerAuthentication: Schema<PeerAuthenticationSpec> = mapped(
  checked(
    object<Written>(
      'a PeerAuthentication',
      {
        selector: selectionFields.selector,
        mtls: optional('mtls', mtls),
        portLevelMtls: optional('portLevelMtls', mapOf('mTLS settings', mtls)),
      },
      PROTO,
    ),
    checkPorts,
  ),
  (written) => ({
    selector: written.selector === null || Object.keys(written.selector).length === 0 ? null : written.selector,
    mode: written.mtls ?? 'UNSET',
    portModes: written.portLevelMtls ?? {},
  }),
);

function checkPorts({ selector, portLevelMtls }: Written, place: Place): void {
  if (portLevelMtls === null) return;
  const at = place.child('portLevelMtls');
  const ports = Object.keys(portLevelMtls);
  if (ports.length === 0) at.rejectedByIstio('portLevelMtls is empty', 'add a port, or delete it');
  else if (selector === null || Object.keys(selector).length === 0) {
    at.rejectedByIstio('ports cannot be told apart for a whole namespace or mesh', 'add a selector');
  }
  for (const port of ports) {
    if (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535) continue;
    at.child(port).rejectedByIstio(`${port} is not a port`, 'use the number of a port of the workload, 1 to 65535');
  }
}
