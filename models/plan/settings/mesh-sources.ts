// Where the settings of the mesh that limit something are written: in the ConfigMaps of istiod, an installer's object, a template of sidecars.
import type { MeshSettingsSpec } from '../../config/kinds/mesh-settings.js';
import type { FieldPath, Resource } from '../../config/resource.js';
import type { SidecarTemplate } from '../../config/sidecar-template.js';
import type { FieldSource } from '../contract/sources.js';
import { writtenAt } from '../terms/field-source.js';

/** null: nobody says it. */
export interface MeshSources {
  readonly concurrency: FieldSource | null;
  readonly proxyCpuLimit: FieldSource | null;
  readonly proxyMemoryLimit: FieldSource | null;
  readonly connectTimeout: FieldSource | null;
  readonly attempts: FieldSource | null;
  readonly perTryTimeout: FieldSource | null;
  readonly localityLbSetting: FieldSource | null;
  readonly outbound: FieldSource | null;
}

export const NO_MESH_SOURCES: MeshSources = {
  concurrency: null,
  proxyCpuLimit: null,
  proxyMemoryLimit: null,
  connectTimeout: null,
  attempts: null,
  perTryTimeout: null,
  localityLbSetting: null,
  outbound: null,
};

type Holder = Resource<string, MeshSettingsSpec>;

/**
 * @param mesh whose MeshConfig counts
 * @param values whose Helm values count
 * @param template of sidecars, which comes before the values
 */
export function meshSources(
  mesh: Holder | null,
  values: Holder | null,
  template: SidecarTemplate | undefined,
): MeshSources {
  const ofMesh = (...path: FieldPath) =>
    mesh === null || mesh.spec.mesh === null ? null : writtenAt(mesh.source, [...meshPath(mesh), ...path]);
  const limit = (amount: 'cpu' | 'memory') => {
    if (template !== undefined) return writtenAt(template, [...template.proxyPath, 'resources', 'limits', amount]);
    if (values === null) return null;
    return writtenAt(values.source, [...valuesPath(values), 'global', 'proxy', 'resources', 'limits', amount]);
  };
  return {
    concurrency: ofMesh('defaultConfig', 'concurrency'),
    proxyCpuLimit: limit('cpu'),
    proxyMemoryLimit: limit('memory'),
    connectTimeout: ofMesh('connectTimeout'),
    attempts: ofMesh('defaultHttpRetryPolicy', 'attempts'),
    perTryTimeout: ofMesh('defaultHttpRetryPolicy', 'perTryTimeout'),
    localityLbSetting: ofMesh('localityLbSetting'),
    outbound: ofMesh('outboundTrafficPolicy', 'mode'),
  };
}

function meshPath({ kind, source }: Holder): FieldPath {
  if (kind === 'ConfigMap') return ['data', 'mesh'];
  const own: FieldPath = ['spec', 'meshConfig'];
  return source.field(own).value === null ? ['spec', 'values', 'meshConfig'] : own;
}

function valuesPath({ kind }: Holder): FieldPath {
  return kind === 'ConfigMap' ? ['data', 'values'] : ['spec', 'values'];
}
