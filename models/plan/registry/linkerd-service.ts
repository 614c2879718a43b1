// What the annotations of a Service say to the proxies of Linkerd that call it.
import type { SourcePosition } from '../../config/diagnostic.js';
import type { Resource } from '../../config/resource.js';
import { configOf, type LinkerdConfig } from '../settings/linkerd-injection.js';

const PREFIXES = ['retry.linkerd.io/', 'timeout.linkerd.io/'];

export type Annotations = Readonly<Record<string, string>>;

/** Whose annotations count: those of a route, where it has any of these, else those of the Service. */
export interface Annotated {
  readonly resource: string;
  readonly annotations: Annotations;
  readonly at: (annotation: string) => SourcePosition | null;
}

/** The annotations that a call goes by; null: none says anything of it. */
export interface AnnotationNames {
  readonly timeout: string | null;
  readonly retry: string | null;
}

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

export function policyAnnotations(annotations: Annotations): Annotations {
  return Object.fromEntries(
    Object.entries(annotations).filter(([name]) => PREFIXES.some((prefix) => name.startsWith(prefix))),
  );
}
