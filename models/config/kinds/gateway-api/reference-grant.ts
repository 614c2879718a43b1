// ReferenceGrant (gateway-api: apis/v1/referencegrant_types.go): who may refer to objects of its namespace.
import { string } from '../../scalars.js';
import { defaulted, listOf, object, optional, required } from '../../schema.js';
import { specKind } from '../kind.js';
import { GATEWAY_GROUP } from './fields.js';

export interface ReferenceGrantSpec {
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  /** `name` null: all of that kind. */
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name: string | null }[];
}

const spec = object<ReferenceGrantSpec>('a ReferenceGrant', {
  from: required(
    'from',
    listOf(
      'sources',
      object<ReferenceGrantSpec['from'][number]>('a source', {
        group: defaulted('group', string, ''),
        kind: required('kind', string),
        namespace: required('namespace', string),
      }),
    ),
  ),
  to: required(
    'to',
    listOf(
      'targets',
      object<ReferenceGrantSpec['to'][number]>('a target', {
        group: defaulted('group', string, ''),
        kind: required('kind', string),
        name: optional('name', string),
      }),
    ),
  ),
});

export const referenceGrantKind = specKind(
  'ReferenceGrant',
  ['v1', 'v1beta1', 'v1alpha2'].map((version) => `${GATEWAY_GROUP}/${version}`),
  () => spec,
);
