// WorkloadGroup: what machines that register by themselves have in common (istio api: networking/v1alpha3/workload_group.proto; istio:
// pkg/config/validation/validation.go ValidateWorkloadGroup).
import { stringMap } from '../scalars.js';
import { defaulted, inert, listed, mapped, notModelled, object, required, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { protoWith } from './istio-fields.js';
import { endpoint, type ServiceEntryEndpoint } from './service-entry.js';

/** The WorkloadEntry of a machine that has registered, but for its address. */
export type WorkloadGroupSpec = Omit<ServiceEntryEndpoint, 'address'>;

interface Written {
  readonly metadata: { readonly labels: StringMap };
  readonly template: ServiceEntryEndpoint;
}

export const workloadGroup: Schema<WorkloadGroupSpec> = mapped(
  object<Written>(
    'a WorkloadGroup',
    {
      metadata: defaulted(
        'metadata',
        object<Written['metadata']>(
          'metadata of entries',
          { labels: defaulted('labels', stringMap, {}) },
          protoWith(inert('annotations')),
        ),
        { labels: {} },
      ),
      template: required('template', endpoint),
    },
    protoWith({ probe: listed(notModelled('probes are not simulated: a machine that has registered is healthy')) }),
  ),
  ({ metadata, template: { address: _, ...template } }) => ({
    ...template,
    labels: { ...template.labels, ...metadata.labels },
  }),
);
