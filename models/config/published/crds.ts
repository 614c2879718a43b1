// The published schemas of Istio's kinds and the Gateway API's, by `apiVersion/Kind`. Of the Gateway API it is the experimental channel, which takes all that
// the standard one takes.
import { type CrdSchema, readCrds } from './crd-schema.js';
import { GATEWAY_API_CRDS } from './crds/gateway-api.js';
import { ISTIO_CRDS } from './crds/istio.js';

/** A version that releases before had, with the schema of today's. */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['gateway.networking.k8s.io/v1alpha2/GRPCRoute', 'gateway.networking.k8s.io/v1/GRPCRoute'],
]);

let crds: ReadonlyMap<string, CrdSchema> | null = null;

/** All of them; they are read when the first is asked for. */
export function publishedCrds(): ReadonlyMap<string, CrdSchema> {
  crds ??= new Map([...readCrds(ISTIO_CRDS), ...readCrds(GATEWAY_API_CRDS)]);
  return crds;
}

/** The schema of a kind; undefined where neither project has it. */
export function crdOf(apiVersion: string, kind: string): CrdSchema | undefined {
  const key = `${apiVersion}/${kind}`;
  return publishedCrds().get(SUCCESSORS.get(key) ?? key);
}
