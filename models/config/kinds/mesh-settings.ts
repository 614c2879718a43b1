// Objects that hold the settings of the mesh: the ConfigMaps of istiod, and those from which installers make them (istio:
// pkg/config/mesh/kubemesh/watcher.go, operator/pkg/apis/types.go; sail-operator: api/v1/istio_types.go).
import { lookup } from '../../../sim/lookup.js';
import { isPlainMap, type PlainMap, type PlainValue } from '../document.js';
import { embedded } from '../embedded.js';
import { INVALID, type Place } from '../place.js';
import type { KindDefinition } from './kind.js';
import { type MeshConfig, meshConfig } from './mesh-config.js';
import { type MeshNetworks, meshNetworks } from './mesh-networks.js';
import { type MeshValues, readMeshValues } from './mesh-values.js';

export interface MeshSettingsSpec {
  readonly mesh: MeshConfig | null;
  readonly values: MeshValues | null;
  /** `meshNetworks` beside the settings; null: absent. */
  readonly networks: MeshNetworks | null;
  /** `demo` and the like; '' where absent. */
  readonly profile: string;
}

export const NOTHING: MeshSettingsSpec = { mesh: null, values: null, networks: null, profile: '' };
const REVISION = /^istio(-|$)/;
const INJECTOR = /^istio-sidecar-injector(-|$)/;

/** What the ConfigMaps `istio` and `istio-sidecar-injector` hold, with a revision or without; null: another ConfigMap. */
export function meshSettingsOf(name: string, data: PlainMap, place: Place): MeshSettingsSpec | null {
  if (INJECTOR.test(name)) return 'values' in data ? readInjector(data, place) : null;
  return REVISION.test(name) && 'mesh' in data ? readMesh(data, place) : null;
}

function readMesh(data: PlainMap, place: Place): MeshSettingsSpec {
  const found = textOf(data, 'mesh', place);
  const mesh = found === null ? INVALID : meshConfig.read(found.value, found.place);
  const written = textOf(data, 'meshNetworks', place);
  const networks = written === null ? null : meshNetworks.read(written.value, written.place);
  return { ...NOTHING, mesh: mesh === INVALID ? null : mesh, networks: networks === INVALID ? null : networks };
}

function readInjector(data: PlainMap, place: Place): MeshSettingsSpec {
  if (data.config !== undefined)
    place
      .child('config')
      .approximated("pods get the sidecar of Istio's own template, with the resources of the values");
  const found = textOf(data, 'values', place);
  return { ...NOTHING, values: found === null ? null : readMeshValues(found.value, found.place) };
}

function textOf(data: PlainMap, key: string, place: Place): { value: PlainValue; place: Place } | null {
  const text = lookup(data, key);
  return typeof text === 'string' ? embedded(text, place.child(key)) : null;
}

/** `spec.meshConfig`, `spec.values` and `spec.profile` of an IstioOperator. */
export const istioOperatorKind: KindDefinition<'IstioOperator', MeshSettingsSpec> = {
  kind: 'IstioOperator',
  apiVersions: ['install.istio.io/v1alpha1'],
  namespaced: true,
  metadata: 'free',
  read: (document, _context, place) => readInstaller(document, place),
};

/** `spec.values` of the Sail operator's Istio. */
export const sailKind: KindDefinition<'Istio', MeshSettingsSpec> = {
  kind: 'Istio',
  apiVersions: ['sailoperator.io/v1', 'sailoperator.io/v1alpha1'],
  namespaced: false,
  read: (document, _context, place) => readInstaller(document, place),
};

const INSTALLED =
  'what the installer makes of it (gateways, autoscalers, patches) is not added: load the objects themselves';

function readInstaller(document: PlainMap, place: Place): MeshSettingsSpec {
  const spec = document.spec;
  if (!isPlainMap(spec)) return NOTHING;
  const at = place.child('spec');
  const written = spec.meshConfig;
  const own = written === undefined || written === null ? null : meshConfig.read(written, at.child('meshConfig'));
  const values = isPlainMap(spec.values) ? readMeshValues(spec.values, at.child('values')) : null;
  if (spec.components !== undefined && spec.components !== null) at.child('components').notModelled(INSTALLED);
  return {
    ...NOTHING,
    mesh: own === INVALID ? null : (own ?? values?.mesh ?? null),
    values,
    profile: typeof spec.profile === 'string' ? spec.profile : '',
  };
}
