// After the sets of skipped kinds in istio: pilot/pkg/xds/{cds,eds,lds,rds}.go.
import { expect, test } from 'vitest';
import { type ConfigKind, type ProxyRole, typesOf } from '../../../models/control-plane/xds-types.js';

test.each<[ConfigKind, ProxyRole, string]>([
  ['Endpoints', 'sidecar', 'eds'],
  ['ServiceEntry', 'sidecar', 'cds eds lds rds'],
  ['DestinationRule', 'sidecar', 'cds eds lds rds'],
  ['VirtualService', 'sidecar', 'cds lds rds'],
  ['PeerAuthentication', 'sidecar', 'cds eds lds'],
  ['AuthorizationPolicy', 'sidecar', 'lds'],
  ['RequestAuthentication', 'sidecar', 'lds'],
  ['Telemetry', 'waypoint', 'lds'],
  ['WasmPlugin', 'sidecar', 'lds'],
  ['EnvoyFilter', 'router', 'cds eds lds rds'],
  ['MeshConfig', 'sidecar', 'cds eds lds rds'],
  ['Sidecar', 'sidecar', 'cds lds rds'],
  ['Sidecar', 'router', ''],
  ['Gateway', 'sidecar', ''],
  ['Gateway', 'waypoint', ''],
  ['Gateway', 'router', 'cds lds rds'],
  ['ProxyConfig', 'sidecar', ''],
  ['Secret', 'router', ''],
  ['WorkloadEntry', 'sidecar', 'eds'],
])('%s makes a %s hear by: %s', (kind, role, types) => {
  expect(typesOf([kind], role).join(' ')).toBe(types);
});

test('kinds of one push are put together, in the order of the types', () => {
  expect(typesOf(['AuthorizationPolicy', 'Endpoints'], 'sidecar')).toEqual(['eds', 'lds']);
});
