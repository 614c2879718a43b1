// What the annotations of a Service say to the proxies of Linkerd that call it.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { Resource } from '../../config/resource.js';
import { type Annotations, policyAnnotations } from './annotations.js';
import { configOf, type LinkerdConfig } from './injection.js';

export interface LinkerdService {
  /** `config.linkerd.io/…` of the Service, and of its namespace where it says nothing. */
  readonly config: LinkerdConfig;
  /** Its own `retry.linkerd.io/…` and `timeout.linkerd.io/…`. */
  readonly policies: Annotations;
  /** Its own `balancer.linkerd.io/…` and `balancer.alpha.linkerd.io/…`. */
  readonly balancer: Annotations;
  /** Where an annotation of its stands. */
  readonly at: (annotation: string) => SourcePosition;
}

/** Nothing where there are no such annotations. */
export function linkerdService(
  { annotations, source }: Resource,
  ofNamespace: Readonly<Record<string, string>>,
): { readonly linkerd?: LinkerdService } {
  const config = { ...configOf(ofNamespace), ...configOf(annotations) };
  const policies = policyAnnotations(annotations);
  const balancer = Object.fromEntries(
    Object.entries(annotations).filter(([name]) => /^balancer\.(alpha\.)?linkerd\.io\//.test(name)),
  );
  const says = [config, policies, balancer].some((part) => Object.keys(part).length > 0);
  const at = (annotation: string): SourcePosition => source.at(['metadata', 'annotations', annotation]);
  return says ? { linkerd: { config, policies, balancer, at } } : {};
}
