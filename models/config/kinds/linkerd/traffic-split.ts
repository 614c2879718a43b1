// SMI's TrafficSplit, which Linkerd's extension reads (servicemeshinterface/smi-spec: apis/traffic-split; linkerd/linkerd-smi: adaptor).
import { milliQuantity, string } from '../../scalars.js';
import { listed, listOf, mapped, notModelled, object, required, type Schema } from '../../schema.js';
import { specKind } from '../kind.js';

export interface TrafficSplitSpec {
  /** Short name in its namespace, or FQDN. */
  readonly service: string;
  /** `weight` in thousandths. */
  readonly backends: readonly { readonly service: string; readonly weight: number }[];
}

const spec: Schema<TrafficSplitSpec> = mapped(
  object<TrafficSplitSpec>(
    'a TrafficSplit',
    {
      service: required('service', string),
      backends: required(
        'backends',
        listOf(
          'backends',
          object<TrafficSplitSpec['backends'][number]>('a backend', {
            service: required('service', string),
            weight: required('weight', milliQuantity),
          }),
        ),
      ),
    },
    { others: { matches: listed(notModelled('Linkerd does not read matches: all requests are split')) } },
  ),
  (read, place) => {
    place.approximated("callers with Linkerd's proxy read it, and no others");
    return read;
  },
);

export const trafficSplitKind = specKind(
  'TrafficSplit',
  ['v1alpha4', 'v1alpha3', 'v1alpha2', 'v1alpha1'].map((version) => `split.smi-spec.io/${version}`),
  () => spec,
);
