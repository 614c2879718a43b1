// ProxyConfig (istio api: networking/v1beta1/proxy_config.proto; istio: pkg/config/validation/validation.go ValidateProxyConfig).
import { defaulted, inert, mapped, object, optional, type Schema } from '../schema.js';
import type { StringMap } from './common.js';
import { protoWith } from './istio-fields.js';
import { concurrency, proxyVariables } from './mesh-config.js';
import { selectionFields } from './workload-selection.js';

export interface ProxyConfigSpec {
  /** null: all workloads of its namespace, or of the mesh where it stands in the root namespace. */
  readonly selector: StringMap | null;
  /** Worker threads; 0: all cores. */
  readonly concurrency: number | null;
  /** Of the proxy's environment. */
  readonly environmentVariables: StringMap;
}

export const proxyConfig: Schema<ProxyConfigSpec> = mapped(
  object<ProxyConfigSpec>(
    'a ProxyConfig',
    {
      selector: selectionFields.selector,
      concurrency: optional('concurrency', concurrency),
      environmentVariables: defaulted('environmentVariables', proxyVariables, {}),
    },
    protoWith(inert('image')),
  ),
  ({ selector, ...rest }) => ({
    ...rest,
    selector: selector === null || Object.keys(selector).length === 0 ? null : selector,
  }),
);
