// What EnvoyFilters merge into the route and the virtual host of a request, for the filters in front of them.
// istio: pilot/pkg/networking/core/envoyfilter/rc_patch.go; envoy: source/common/router/router_ratelimit.cc (the limits of a virtual host
// count where the route has none), source/common/router/config_impl.cc (the configuration of a route comes before its virtual host's).

import { labelOf, type OwnedPatch, type PatchOf } from '../patches/envoy-patches.js';
import { patchSource } from '../patches/patch-source.js';
import { type DescriptorFacts, descriptorsOf } from './descriptors.js';
import type { RouteSettings } from './envoy-chain.js';

/** The route that a request takes. */
export interface SettledRoute {
  /** `host:port`, or `inbound|http|8080`. */
  readonly vhost: string;
  readonly name: string;
  readonly cluster: string;
}

type RoutePatch = OwnedPatch<PatchOf<'route'>>;

/** Whether a patch is for this route. */
export function isForRoute(
  { vhost, route, port, level }: PatchOf<'route'>,
  on: number,
  settled: SettledRoute,
): boolean {
  return (
    (port === 0 || port === on) &&
    (vhost === '' || isVhost(vhost, settled.vhost)) &&
    (level === 'vhost' || route === '' || route === settled.name)
  );
}

/** A host alone stands for all its ports; `*:80` for every host of the port. */
function isVhost(pattern: string, vhost: string): boolean {
  if (pattern === vhost) return true;
  const [host, port] = split(pattern);
  const [ownHost, ownPort] = split(vhost);
  return (host === ownHost || host === '*') && (port === '' || port === ownPort);
}

function split(vhost: string): [string, string] {
  const at = vhost.lastIndexOf(':');
  return at < 0 ? [vhost, ''] : [vhost.slice(0, at), vhost.slice(at + 1)];
}

export function routeSettings(
  patches: readonly RoutePatch[],
  port: number,
  route: SettledRoute,
  facts: DescriptorFacts,
): RouteSettings {
  const mine = patches.filter(({ patch }) => isForRoute(patch, port, route));
  const ofRoute = mine.filter(({ patch }) => patch.level === 'route');
  const ofVhost = mine.filter(({ patch }) => patch.level === 'vhost');
  const limits = [ofRoute, ofVhost]
    .map((list) => list.flatMap(({ patch }) => patch.rateLimits))
    .find((list) => list.length > 0);
  // The last of a level counts: it is merged over those before.
  const configured = [...ofVhost, ...ofRoute].filter(({ patch }) => patch.localRateLimit !== null).pop();
  const filter = configured?.patch.localRateLimit ?? null;
  return {
    descriptors: descriptorsOf(limits ?? [], facts),
    localRateLimit:
      configured === undefined || filter === null
        ? null
        : { filter, label: `${labelOf(configured)} ${route.vhost}`, source: patchSource(configured, filter) },
  };
}
