// The published schemas of Istio's kinds and the Gateway API's, by `apiVersion/Kind`. Of the Gateway API it is the experimental channel, which takes all that
// the standard one takes.
import { type CrdSchema, type PublishedCrds, readCrds } from './crd-schema.js';
import { GATEWAY_API_CRDS } from './crds/gateway-api.js';
import { ISTIO_CRDS } from './crds/istio.js';

/** A version that releases before had, with the schema of today's. */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['gateway.networking.k8s.io/v1alpha2/GRPCRoute', 'gateway.networking.k8s.io/v1/GRPCRoute'],
]);

interface Project {
  /** Of the API groups that end so. */
  readonly domain: string;
  readonly crds: () => PublishedCrds;
}

const PROJECTS: readonly Project[] = [
  { domain: '.istio.io', crds: readOnce(ISTIO_CRDS) },
  { domain: 'gateway.networking.k8s.io', crds: readOnce(GATEWAY_API_CRDS) },
];

/** A project's text is read when a kind of it is first asked for. */
function readOnce(text: string): () => PublishedCrds {
  let crds: PublishedCrds | null = null;
  return () => (crds ??= readCrds(text));
}

/** The schema of a kind; undefined where neither project has it. */
export function crdOf(apiVersion: string, kind: string): CrdSchema | undefined {
  const [group = ''] = apiVersion.split('/');
  const key = `${apiVersion}/${kind}`;
  return PROJECTS.find(({ domain }) => group.endsWith(domain))
    ?.crds()
    .schemaOf(SUCCESSORS.get(key) ?? key);
}
