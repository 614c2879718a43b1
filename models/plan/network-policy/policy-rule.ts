// What one policy says of a connection, whoever's kind of policy it is.
import type { DecidingPolicy } from '../contract/decision.js';
import type { Wish } from '../terms/label-index.js';
import type { RequestClass } from '../terms/request-class.js';

/** One end of a connection. */
export interface Peer {
  /** `outside`: not of the cluster. */
  readonly kind: 'pod' | 'outside';
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

export interface Connection {
  readonly client: Peer;
  readonly server: Peer;
  /** Of the server's pods. */
  readonly port: { readonly number: number | null; readonly name: string };
  /** Names of the Services that lead there. */
  readonly services: readonly { readonly name: string; readonly namespace: string }[];
  /** What the client dials. */
  readonly host: string;
  readonly request: RequestClass;
}

export type Direction = 'ingress' | 'egress';

/** What one policy says about the pods that it selects. */
export interface PolicyRule {
  readonly policy: DecidingPolicy;
  /** Whose policy: the server's for ingress, the caller's for egress. */
  readonly direction: Direction;
  selects(peer: Peer): boolean;
  /** What pods must have at least for it to select them. */
  readonly wish: Wish;
  /** Whether its pods refuse what no rule allows. */
  readonly denies: boolean;
  /** `http`: this peer and port are allowed, but not this request. */
  verdict(connection: Connection): 'silent' | 'allow' | 'http' | 'deny';
}
