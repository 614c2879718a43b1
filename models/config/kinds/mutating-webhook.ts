// Admission webhooks, as far as they inject sidecars (kubernetes: staging/src/k8s.io/api/admissionregistration/v1/types.go; istio:
// manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml).
import { string } from '../scalars.js';
import { defaulted, inert, listOf, mapped, object, optional, type Schema } from '../schema.js';
import type { LabelSelector } from './common.js';
import type { KindDefinition } from './kind.js';
import { labelSelector } from './label-selector.js';

export interface MutatingWebhookSpec {
  /** Those that inject sidecars. */
  readonly injectors: readonly InjectorSelection[];
}

/** A pod gets a sidecar where both match; absent ones match everything. */
export interface InjectorSelection {
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
}

interface Written {
  readonly name: string;
  readonly clientConfig: {
    readonly service: { readonly name: string; readonly path: string } | null;
    readonly url: string;
  };
  readonly namespaceSelector: LabelSelector | null;
  readonly objectSelector: LabelSelector | null;
}

const ALL: LabelSelector = { matchLabels: {}, matchExpressions: [] };
const NO_CLIENT = { service: null, url: '' };

const webhook: Schema<InjectorSelection | null> = mapped(
  object<Written>(
    'a webhook',
    {
      name: defaulted('name', string, ''),
      clientConfig: defaulted(
        'clientConfig',
        object<Written['clientConfig']>(
          'a client configuration',
          {
            service: optional(
              'service',
              object<{ name: string; path: string }>(
                'a service',
                { name: defaulted('name', string, ''), path: defaulted('path', string, '') },
                { others: inert('namespace', 'port') },
              ),
            ),
            url: defaulted('url', string, ''),
          },
          { others: inert('caBundle') },
        ),
        NO_CLIENT,
      ),
      namespaceSelector: optional('namespaceSelector', labelSelector),
      objectSelector: optional('objectSelector', labelSelector),
    },
    {
      others: inert(
        'admissionReviewVersions',
        'failurePolicy',
        'matchConditions',
        'matchPolicy',
        'reinvocationPolicy',
        'rules',
        'sideEffects',
        'timeoutSeconds',
      ),
    },
  ),
  ({ clientConfig, namespaceSelector, objectSelector }, place) => {
    const path = clientConfig.service?.path ?? clientConfig.url;
    if (!/(^|\/)inject(\/|$)/.test(path)) {
      place.notModelled('it is called for objects that are made, not for requests: no effect on the answer');
      return null;
    }
    return { namespaceSelector: namespaceSelector ?? ALL, objectSelector: objectSelector ?? ALL };
  },
);

const body = object<{ webhooks: readonly (InjectorSelection | null)[] }>(
  'a MutatingWebhookConfiguration',
  { webhooks: defaulted('webhooks', listOf('webhooks', webhook), []) },
  { others: inert('apiVersion', 'kind', 'metadata') },
);

const configuration: Schema<MutatingWebhookSpec> = mapped(body, ({ webhooks }) => ({
  injectors: webhooks.filter((found): found is InjectorSelection => found !== null),
}));

export const mutatingWebhookKind: KindDefinition<'MutatingWebhookConfiguration', MutatingWebhookSpec> = {
  kind: 'MutatingWebhookConfiguration',
  apiVersions: ['admissionregistration.k8s.io/v1', 'admissionregistration.k8s.io/v1beta1'],
  namespaced: false,
  read: (document, _context, place) => configuration.read(document, place),
};
