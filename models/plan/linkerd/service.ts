// What the annotations of a Service say to the proxies of Linkerd that call it.
import type { Resource } from '../../config/resource.js';
import { configOf, type LinkerdConfig } from './injection.js';

export interface LinkerdService {
  /** `config.linkerd.io/…` of the Service, and of its namespace where it says nothing. */
  readonly config: LinkerdConfig;
}

/** Nothing where there are no such annotations. */
export function linkerdService(
  { annotations }: Resource,
  ofNamespace: Readonly<Record<string, string>>,
): { readonly linkerd?: LinkerdService } {
  const config = { ...configOf(ofNamespace), ...configOf(annotations) };
  return Object.keys(config).length === 0 ? {} : { linkerd: { config } };
}
