// ListenerSet (gateway-api: apis/v1/listenerset_types.go): listeners that another object than the Gateway brings to it.
import { string } from '../../scalars.js';
import { checked, defaulted, object, optional, required, type Schema } from '../../schema.js';
import { specKind } from '../kind.js';
import { GATEWAY_GROUP } from './fields.js';
import { type Listener, listeners } from './listener.js';

export interface ListenerSetSpec {
  readonly parentRef: {
    readonly group: string;
    readonly kind: string;
    /** null: that of the set. */
    readonly namespace: string | null;
    readonly name: string;
  };
  readonly listeners: readonly Listener[];
}

const spec = object<ListenerSetSpec>('a ListenerSet', {
  parentRef: required(
    'parentRef',
    object<ListenerSetSpec['parentRef']>('a reference to a Gateway', {
      group: defaulted('group', string, GATEWAY_GROUP),
      kind: defaulted('kind', string, 'Gateway'),
      namespace: optional('namespace', string),
      name: required('name', string),
    }),
  ),
  listeners: required(
    'listeners',
    checked(listeners, (found, place) => {
      if (found.length === 0)
        place.rejectedByKubernetes('a ListenerSet needs a listener', 'add one, or delete the set');
    }),
  ),
});

export const listenerSetKind = specKind('ListenerSet', [`${GATEWAY_GROUP}/v1`], (): Schema<ListenerSetSpec> => spec);
