// Whether Linkerd's proxy of a server lets a client in: Servers and the routes at them, the policies that name these or their namespace, the default of
// the pods. linkerd: policy-controller/k8s/index/src/inbound; linkerd2-proxy: linkerd/app/inbound/src/policy; linkerd.io: reference/authorization-policy.
import type { SourcePosition } from '../../config/diagnostic.js';
import { matchesLabels } from '../../config/kinds/label-selector.js';
import { INBOUND_POLICIES, type InboundPolicy, type TargetReference } from '../../config/kinds/linkerd/policy.js';
import type { AuthorizedClient } from '../../config/kinds/linkerd/server-authorization.js';
import type { ResourceSet } from '../../config/load.js';
import type { ResourceSource } from '../../config/resource.js';
import { finder, identityOf, listIndex, named } from '../../list-index.js';
import type { FieldSource } from '../contract/sources.js';
import type { Workload } from '../registry/workload.js';
import { wholeAt, writtenAt } from '../terms/field-source.js';
import type { Findings } from '../terms/findings.js';
import { SelectorIndex } from '../terms/label-index.js';
import type { RequestClass } from '../terms/request-class.js';
import { configSource } from './config-source.js';
import { isAccount, isIdentity, isInNetworks, type LinkerdPeer } from './peer.js';
import { type ServerRoute, ServerRoutes } from './server-routes.js';

const FORBIDDEN = 403;
const NOT_FOUND = 404;
const GROUP = 'policy.linkerd.io';
const DEFAULT_POLICY = 'default-inbound-policy';

export type LinkerdServer = ResourceSet['linkerdServers'][number];

/** Status 0: the client is let in. `by`: what decides it, with its place. */
export interface Verdict {
  readonly status: 0 | 403 | 404;
  readonly by: string;
  readonly position: SourcePosition | null;
  /** null: what decides it is not written. */
  readonly source: FieldSource | null;
}

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly source: ResourceSource;
}

export class LinkerdAuthorization {
  private readonly routes: ServerRoutes;

  constructor(
    private readonly resources: ResourceSet,
    private readonly findings: Findings,
  ) {
    this.routes = new ServerRoutes(resources, findings);
  }

  /** Null where nothing but the default of all installations speaks. @param request null: a connection that is not read */
  verdict(server: Workload, peer: LinkerdPeer, port: number, request: RequestClass | null): Verdict | null {
    const own = this.serverOf(server, port);
    if (own === undefined) return this.byDefault(server, peer);
    const route = request === null ? 'none' : this.routes.of(own, request);
    if (route === null) {
      const by = `no route at ${nameOf(own)}`;
      return { status: NOT_FOUND, by, position: own.source.at([]), source: wholeAt(own.source) };
    }
    const granting = this.policyFor(own, route, peer) ?? this.serverAuthorizationFor(own, peer);
    const where = route === 'none' ? nameOf(own) : `${nameOf(route)} at ${nameOf(own)}`;
    if (granting !== undefined) {
      const { source } = granting;
      return { status: 0, by: `${nameOf(granting)} for ${where}`, position: source.at([]), source: wholeAt(source) };
    }
    const { accessPolicy } = own.spec;
    const status = admits(accessPolicy, peer) ? 0 : FORBIDDEN;
    return {
      status,
      by: `accessPolicy ${accessPolicy} of ${where}`,
      position: own.source.at([]),
      source: writtenAt(own.source, ['spec', 'accessPolicy']) ?? wholeAt(own.source),
    };
  }

  /** A pod's own `default-inbound-policy`; null where it has none that Linkerd knows: all are let in. */
  private byDefault(server: Workload, peer: LinkerdPeer): Verdict | null {
    const found = INBOUND_POLICIES.find((policy) => policy === server.linkerd?.[DEFAULT_POLICY]);
    if (found === undefined) return null;
    return {
      status: admits(found, peer) ? 0 : FORBIDDEN,
      by: `${DEFAULT_POLICY} ${found} of ${server.resource}`,
      position: server.position,
      source: configSource(server, DEFAULT_POLICY, this.resources),
    };
  }

  /** The first that selects the pods and the port; the cluster would refuse a second. */
  serverOf({ namespace, labels, pod }: Workload, port: number): LinkerdServer | undefined {
    const named = pod?.containers
      .flatMap(({ ports }) => ports)
      .find(({ containerPort }) => containerPort === port)?.name;
    const { linkerdServers } = this.resources;
    const [first, ...others] = serversByLabels(linkerdServers)
      .metBy(namespace, labels)
      .map((position) => linkerdServers[position]!)
      .filter(
        ({ spec }) =>
          spec.podSelector !== null &&
          matchesLabels(spec.podSelector, labels) &&
          (spec.port === port || spec.port === named),
      );
    for (const other of others) {
      this.findings.warning(
        'servers-overlap',
        other.source.at(['spec', 'port']),
        `${nameOf(other)} is about port ${other.spec.port} of pods that ${nameOf(first!)} is about already: Linkerd refuses it, and the first counts`,
        'delete one of the two, or narrow a podSelector',
      );
    }
    return first;
  }

  private policyFor(server: LinkerdServer, route: ServerRoute, peer: LinkerdPeer): Named | undefined {
    const names = [server.namespace, server.name, ...(route === null || route === 'none' ? [] : [route.name])];
    const words = names.map((name) => identityOf({ namespace: server.namespace, name }));
    return byTarget(this.resources.linkerdPolicies, ...words).find(
      ({ namespace, spec: { targetRef, requiredAuthenticationRefs } }) =>
        targets(targetRef, server, route) &&
        requiredAuthenticationRefs.every((ref) => this.holds(ref, namespace, peer)),
    );
  }

  private serverAuthorizationFor(own: LinkerdServer, peer: LinkerdPeer): Named | undefined {
    const words = [own.namespace, identityOf(own)];
    return byServer(this.resources.serverAuthorizations, ...words).find(({ namespace, spec: { server, client } }) => {
      const selects =
        server.name === null ? matchesLabels(server.selector ?? ALL, own.labels) : server.name === own.name;
      return selects && isAuthorized(client, namespace, peer);
    });
  }

  private holds(ref: TargetReference, owner: string, peer: LinkerdPeer): boolean {
    const namespace = ref.namespace ?? owner;
    switch (ref.kind) {
      case 'ServiceAccount':
        return isAccount(peer, namespace, ref.name);
      case 'MeshTLSAuthentication': {
        const found = named(this.resources.meshTlsAuthentications, namespace, ref.name);
        if (found === undefined) return false;
        const { identities, identityRefs } = found.spec;
        return (
          identities.some((identity) => isIdentity(peer, identity)) ||
          identityRefs.some(({ kind, name, namespace: in_ }) =>
            kind === 'Namespace'
              ? peer.authenticated && peer.workload.namespace === name
              : isAccount(peer, in_ ?? found.namespace, name),
          )
        );
      }
      case 'NetworkAuthentication':
        return isInNetworks(
          peer,
          named(this.resources.networkAuthentications, namespace, ref.name)?.spec.networks ?? [],
        );
      default:
        return false;
    }
  }
}

const serversByLabels = listIndex<LinkerdServer, SelectorIndex>(
  (list) =>
    new SelectorIndex(
      list.map(({ namespace, spec }) =>
        spec.podSelector === null ? null : { namespace, labels: spec.podSelector.matchLabels },
      ),
    ),
);

/** By the name of what they are for, in their namespace. */
const byTarget = finder<ResourceSet['linkerdPolicies'][number]>(({ namespace, spec }) => [
  identityOf({ namespace, name: spec.targetRef.name }),
]);

/** By the name of the Server, else by their namespace. */
const byServer = finder<ResourceSet['serverAuthorizations'][number]>(({ namespace, spec: { server } }) => [
  server.name === null ? namespace : identityOf({ namespace, name: server.name }),
]);

const ALL = { matchLabels: {}, matchExpressions: [] };

function nameOf({ kind, namespace, name }: Omit<Named, 'source'>): string {
  return `${kind} ${namespace}/${name}`;
}

function targets({ group, kind, name }: TargetReference, server: LinkerdServer, route: ServerRoute): boolean {
  switch (kind) {
    case 'Namespace':
      return name === server.namespace;
    case 'Server':
      return group === GROUP && name === server.name;
    default:
      return route !== null && route !== 'none' && kind === route.kind && name === route.name;
  }
}

/** Of a ServerAuthorization: the address and who it is must both be right. */
function isAuthorized(client: AuthorizedClient, namespace: string, peer: LinkerdPeer): boolean {
  if (client.networks.length > 0 && !isInNetworks(peer, client.networks)) return false;
  const { meshTls } = client;
  if (meshTls === null) return client.unauthenticated;
  if (meshTls.unauthenticatedTls) return peer.authenticated;
  return (
    meshTls.identities.some((identity) => isIdentity(peer, identity)) ||
    meshTls.serviceAccounts.some((account) => isAccount(peer, account.namespace ?? namespace, account.name))
  );
}

/** `audit` lets all in. Clients outside of the cluster have none of its addresses. */
function admits(policy: InboundPolicy, { workload, authenticated }: LinkerdPeer): boolean {
  switch (policy) {
    case 'all-unauthenticated':
    case 'audit':
      return true;
    case 'all-authenticated':
    case 'cluster-authenticated':
      return authenticated;
    case 'cluster-unauthenticated':
      return workload.kind !== 'client';
    case 'deny':
      return false;
  }
}
