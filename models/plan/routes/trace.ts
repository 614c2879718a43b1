// What a proxy looked at on its way to a route, kept where somebody asks for it (models/plan/explain). The routing code tells its steps here; it never
// reads them, so that a plan is the same with and without a trace.

import type { ServiceProfileSpec } from '../../config/kinds/linkerd/service-profile.js';
import type { Resource } from '../../config/resource.js';
import type { Server } from '../registry/gateways.js';
import type { Annotated, AnnotationNames } from '../registry/linkerd-service.js';
import type { PortInfo, Service } from '../registry/service.js';
import type { Workload } from '../registry/workload.js';
import type { RequestClass } from '../terms/request-class.js';
import type { Dial } from './dial.js';
import type { RouteDecision } from './route-decision.js';
import type { Candidate, ProxyView, VirtualService } from './virtual-service.js';

export type TraceEvent =
  /** The annotations of a Service or of a route that Linkerd's proxy goes by. */
  | { readonly kind: 'annotations'; readonly from: Annotated; readonly names: AnnotationNames }
  /** The routes of a ServiceProfile; index -1: none of them has the request. */
  | {
      readonly kind: 'profile';
      readonly profile: Resource<'ServiceProfile', ServiceProfileSpec>;
      readonly index: number;
    }
  /** The routes at a Service, or at an EgressNetwork, as Linkerd's proxy tries them. */
  | {
      readonly kind: 'linkerd-routes';
      readonly candidates: readonly Candidate[];
      readonly selected: Candidate | null;
    }
  /** A sidecar looks for the Host header among the services of the listener's port. */
  | { readonly kind: 'host'; readonly host: string; readonly service: Service | null; readonly port: PortInfo | null }
  /** A host that no service has on this port; `opens`: a VirtualService serves it all the same. */
  | { readonly kind: 'unknown-host'; readonly host: string; readonly opens: boolean }
  /** Which VirtualService owns the host. */
  | { readonly kind: 'owner'; readonly virtualService: VirtualService | null }
  /** A waypoint looks at the VirtualServices that are for a service, one after the other. */
  | { readonly kind: 'waypoint'; readonly service: Service; readonly virtualServices: readonly VirtualService[] }
  /** The servers of a gateway on the port, and the one that takes the connection out of HTTP routing. */
  | {
      readonly kind: 'servers';
      readonly servers: readonly Server[];
      readonly taken: { readonly server: Server; readonly how: 'opaque' | 'redirect' } | null;
    }
  /** The virtual host of a gateway and the VirtualServices that it is merged of, in their order. */
  | {
      readonly kind: 'gateway-host';
      readonly host: string;
      readonly domain: string | null;
      readonly virtualServices: readonly VirtualService[];
    }
  /** The routes that were tried, in order, until one matched. */
  | {
      readonly kind: 'routes';
      readonly view: ProxyView;
      readonly candidates: readonly Candidate[];
      readonly selected: Candidate | null;
    }
  /** The listener that takes the connection is that of another service than the one dialed. */
  | { readonly kind: 'listener-taken'; readonly owner: Service }
  /** Rules for TLS or TCP connections. */
  | {
      readonly kind: 'opaque-rules';
      readonly virtualService: VirtualService | null;
      readonly rule: { readonly kind: 'tls' | 'tcp'; readonly index: number } | null;
    };

/** The way to the route of one call site. */
export interface RouteTrace {
  readonly caller: Workload;
  readonly request: RequestClass;
  /** null: the request came in at a gateway. */
  readonly dial: Dial | null;
  readonly listenerPort: number;
  readonly events: TraceEvent[];
  decision: RouteDecision | null;
}

/** The traces of all routes of a compilation, by the number of the site that each belongs to. */
export class RouteTraces {
  private readonly bySite = new Map<number, RouteTrace>();

  begin(site: number, caller: Workload, request: RequestClass, dial: Dial | null, listenerPort: number): RouteTrace {
    const trace: RouteTrace = { caller, request, dial, listenerPort, events: [], decision: null };
    this.bySite.set(site, trace);
    return trace;
  }

  get(site: number): RouteTrace | undefined {
    return this.bySite.get(site);
  }

  /** The trace that was begun first; undefined: there is none. */
  first(): RouteTrace | undefined {
    return [...this.bySite.values()][0];
  }
}
