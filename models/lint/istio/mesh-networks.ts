// ST1126: a network of the endpoints of a cluster that nobody knows (istio: pkg/config/analysis/analyzers/multicluster/meshnetworks.go). Clusters are known
// by the Secrets with access to them, so that nothing is said where the input has none.
import { parseDocuments } from '../../config/parse.js';
import type { FieldPath } from '../../config/resource.js';
import { ROOT_NAMESPACE } from '../../plan/terms/visibility.js';
import type { LintMesh } from '../mesh.js';
import type { LintObject } from '../object.js';
import { dig, listAt, mapAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const REMOTE = 'istio/multiCluster';
/** Registries that every control plane has (istio: pilot/pkg/serviceregistry/provider/providers.go). */
const BUILT_IN: readonly string[] = ['Mock', 'Kubernetes', 'External'];

export const unknownRegistry: Rule = {
  code: 'ST1126',
  alias: 'IST0126',
  name: 'UnknownMeshNetworksServiceRegistry',
  title: 'a network of a cluster that nobody knows',
  severity: 'error',
  why: 'Endpoints get their network by the name of their cluster. With a name that no cluster has, they are taken for neighbours, and calls go past the east-west gateway to addresses that nobody can reach.',
  help: 'write the name of the cluster as its remote Secret has it',
  source: 'istio: pkg/config/analysis/analyzers/multicluster/meshnetworks.go',
  check(mesh, report) {
    const remotes = mesh.all('', 'Secret').filter(({ labels }) => labels[REMOTE] === 'true');
    if (remotes.length === 0) return;
    const known = new Set([...BUILT_IN, ...remotes.flatMap(clustersIn), ...ownNames(mesh)]);
    for (const { object, path, networks } of writtenNetworks(mesh)) {
      for (const [name, network] of Object.entries(mapAt(networks) ?? {})) {
        for (const endpoint of listAt(network, 'endpoints')) {
          const registry = textAt(endpoint, 'fromRegistry');
          if (registry === null || known.has(registry)) continue;
          report(
            object,
            path,
            `no cluster is called "${registry}", from which the network "${name}" is to take endpoints`,
          );
        }
      }
    }
  },
};

function clustersIn({ value }: LintObject): readonly string[] {
  return ['data', 'stringData'].flatMap((field) => Object.keys(mapAt(value, field) ?? {}));
}

/** What the control plane calls its own cluster. */
function ownNames(mesh: LintMesh): readonly string[] {
  return installations(mesh)
    .map(({ value }) => textAt(value, 'spec', 'values', 'global', 'multiCluster', 'clusterName'))
    .filter((name) => name !== null);
}

function installations(mesh: LintMesh): readonly LintObject[] {
  return [...mesh.all('install.istio.io', 'IstioOperator'), ...mesh.all('sailoperator.io', 'Istio')];
}

interface WrittenNetworks {
  readonly object: LintObject;
  readonly path: FieldPath;
  readonly networks: ReturnType<typeof dig>;
}

function writtenNetworks(mesh: LintMesh): readonly WrittenNetworks[] {
  const maps = mesh
    .all('', 'ConfigMap')
    .filter(({ name, namespace }) => name === 'istio' && namespace === ROOT_NAMESPACE)
    .flatMap((object): WrittenNetworks[] => {
      const [document] = parseDocuments({
        name: 'meshNetworks',
        text: textAt(object.value, 'data', 'meshNetworks') ?? '',
      });
      const networks = dig(document?.value, 'networks');
      return networks === undefined ? [] : [{ object, path: ['data', 'meshNetworks'], networks }];
    });
  const values = installations(mesh).map((object): WrittenNetworks => {
    const path = ['spec', 'values', 'global', 'meshNetworks'];
    return { object, path, networks: dig(object.value, ...path) };
  });
  return [...maps, ...values];
}
