// Switches of istiod: the environment of its container, the values that installers make it of, and `compatibilityVersion`, which stands for the
// switches that bring the behaviour of an older release back.
// istio: pilot/pkg/features/{pilot,traffic,experimental}.go, manifests/helm-profiles/compatibility-version-*.yaml.

import type { SourcePosition } from '../../config/diagnostic.js';
import type { StringMap } from '../../config/kinds/common.js';
import type { ResourceSet } from '../../config/load.js';
import type { Findings } from '../terms/findings.js';
import {
  KNOWN_ISTIO_VERSIONS,
  type ReleaseDefaults,
  VERSION_TABLE,
  type VersionedDefaults,
  valueAt,
} from './versions.js';

type Switched = Partial<VersionedDefaults>;

/** What a switch that is on, or off, makes of the defaults; null: what the release does anyway. */
interface Switch {
  readonly on: Switched | null;
  readonly off: Switched | null;
}

/** Those that act on something that is simulated. */
const SWITCHES: ReadonlyMap<string, Switch> = new Map<string, Switch>([
  ['ENABLE_LOCALITY_WEIGHTED_LB_CONFIG', { on: { weighsLocalities: true }, off: { weighsLocalities: false } }],
  ['EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', { on: { defaultRetryStatuses: [] }, off: { defaultRetryStatuses: [503] } }],
  ['PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS', { on: { panicThresholdPercent: 0 }, off: { panicThresholdPercent: 50 } }],
  ['PILOT_SEND_UNHEALTHY_ENDPOINTS', { on: { panicThresholdPercent: 0 }, off: null }],
  ['PILOT_ENABLE_ALPHA_GATEWAY_API', { on: { backendTlsPolicy: true }, off: null }],
  ['ENABLE_INBOUND_RETRY_POLICY', { on: { inboundRetryPolicy: true }, off: { inboundRetryPolicy: false } }],
  ['PILOT_ENABLE_IP_AUTOALLOCATE', { on: { allocatesAddresses: true }, off: { allocatesAddresses: false } }],
  [
    'PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE',
    { on: { prefersKubernetesService: true }, off: { prefersKubernetesService: false } },
  ],
]);

/** First and last release that read a switch; absent: all that are known do. */
const READ_BY: ReadonlyMap<string, readonly [first: number, last: number]> = new Map([
  ['ENABLE_LOCALITY_WEIGHTED_LB_CONFIG', [24, Number.POSITIVE_INFINITY]],
  ['EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY', [24, 26]],
  ['PILOT_AUTO_SEND_UNHEALTHY_ENDPOINTS', [31, Number.POSITIVE_INFINITY]],
  ['PILOT_ENABLE_ALPHA_GATEWAY_API', [26, Number.POSITIVE_INFINITY]],
  ['ENABLE_INBOUND_RETRY_POLICY', [24, Number.POSITIVE_INFINITY]],
  ['PILOT_ENABLE_IP_AUTOALLOCATE', [24, Number.POSITIVE_INFINITY]],
  ['PILOT_SIDECAR_PICK_BEST_SERVICE_NAMESPACE', [30, Number.POSITIVE_INFINITY]],
]);

/** Variables of the container that no behaviour hangs on: who istiod is and what it logs. */
const IDENTITY =
  /^(REVISION|PILOT_CERT_PROVIDER|POD_NAME|POD_NAMESPACE|SERVICE_ACCOUNT|KUBECONFIG|CLUSTER_ID|GOMEMLIMIT|GOMAXPROCS|GODEBUG|EXTERNAL_ISTIOD|PILOT_CA_CERT_CONFIGMAP|PILOT_CRL_CONFIGMAP|PILOT_ENABLE_ANALYSIS|PLATFORM|ISTIOD_ADDR|CA_TRUSTED_NODE_ACCOUNTS)$/;

interface Written {
  readonly resource: string;
  readonly path: string;
  readonly position: SourcePosition;
  readonly env: StringMap;
}

/** The defaults of the release as the switches change them. Switches that act on nothing here are listed. */
export function switched(release: ReleaseDefaults, resources: ResourceSet, findings: Findings): ReleaseDefaults {
  let changed = compatible(release, resources, findings);
  for (const { env, resource, path, position } of environments(resources)) {
    for (const [name, value] of Object.entries(env)) {
      if (IDENTITY.test(name)) continue;
      const found = SWITCHES.get(name);
      if (found === undefined || !isRead(name, release.minor)) {
        const meaning =
          found === undefined
            ? `the switch ${name} of istiod is not followed`
            : `Istio ${release.version} does not read the switch ${name}`;
        findings.notModelled(resource, `${path}.${name}`, position, meaning);
        continue;
      }
      changed = { ...changed, ...(isTrue(value) ? found.on : found.off) };
    }
  }
  return changed;
}

function isRead(name: string, minor: number): boolean {
  const [first, last] = READ_BY.get(name) ?? [0, Number.POSITIVE_INFINITY];
  return first <= minor && minor <= last;
}

function compatible(release: ReleaseDefaults, resources: ResourceSet, findings: Findings): ReleaseDefaults {
  for (const { kind, namespace, name, spec, source } of [...resources.istioOperators, ...resources.istios]) {
    const wanted = spec.values?.compatibility ?? '';
    if (wanted === '') continue;
    const minor = Number(/^1\.(\d+)/.exec(wanted)?.[1] ?? Number.NaN);
    if (!KNOWN_ISTIO_VERSIONS.includes(`1.${minor}`) || minor > release.minor) {
      findings.notModelled(
        `${kind} ${namespace}/${name}`,
        'spec.values.compatibilityVersion',
        source.at(['spec']),
        `Istio ${release.version} has no behaviour of ${wanted} to go back to`,
      );
      continue;
    }
    return {
      ...release,
      panicThresholdPercent: valueAt(VERSION_TABLE.panicThresholdPercent, minor),
      prefersKubernetesService: valueAt(VERSION_TABLE.prefersKubernetesService, minor),
      allocatesAddresses: valueAt(VERSION_TABLE.allocatesAddresses, minor),
    };
  }
  return release;
}

/** Of the container `discovery`, and the values of who installs it. */
function environments({ deployments, istioOperators, istios, configMaps }: ResourceSet): Written[] {
  const installed = [...istioOperators, ...istios, ...configMaps].flatMap(
    ({ kind, namespace, name, spec, source }): Written[] => {
      const env = spec.values?.env ?? {};
      const at = kind === 'ConfigMap' ? ['data', 'values'] : ['spec', 'values', 'pilot', 'env'];
      return [{ resource: `${kind} ${namespace}/${name}`, path: at.join('.'), position: source.at(at), env }];
    },
  );
  const running = deployments.flatMap(({ namespace, name, spec, source }): Written[] =>
    spec.template.containers.flatMap((container, index): Written[] => {
      if (container.name !== 'discovery') return [];
      const at = ['spec', 'template', 'spec', 'containers', index, 'env'];
      const pairs = container.env.flatMap((variable) =>
        variable.value === null ? [] : [[variable.name, variable.value] as const],
      );
      return [
        {
          resource: `Deployment ${namespace}/${name}`,
          path: 'spec.template.spec.containers[discovery].env',
          position: source.at(at),
          env: Object.fromEntries(pairs),
        },
      ];
    }),
  );
  return [...installed, ...running];
}

/** As Go's strconv.ParseBool reads it. */
function isTrue(text: string): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text);
}
