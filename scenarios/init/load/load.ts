// How much a source sends, as the scenario says it: an open loop or connections that wait for their answers.
export type Load =
  | { readonly kind: 'rate'; readonly ratePerSecond: number }
  | {
      readonly kind: 'connections';
      readonly connections: number;
      /** Of all connections together; null: as fast as answers come. */
      readonly ratePerSecond: number | null;
      /** A distribution in the scenario's words; null: no pause. */
      readonly think: string | null;
    };

/** A load, and where it was read. */
export interface KnownLoad {
  readonly load: Load;
  /** e.g. `fortio -c 8 -qps 100` */
  readonly text: string;
  /** How long it sends; null: without end. */
  readonly durationSeconds: number | null;
  /** Body of its requests, which makes them POST; null: none. */
  readonly payloadBytes: number | null;
}
