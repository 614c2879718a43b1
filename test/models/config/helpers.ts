// Short ways to load one text and to look at what was found.
import type { Diagnostic } from '../../../models/config/diagnostic.js';
import { type LoadOptions, loadResources, type ResourceSet } from '../../../models/config/load.js';

export function load(text: string, options: LoadOptions = {}): ResourceSet {
  return loadResources([{ name: 'f.yaml', text }], options);
}

/** `error wrong-type 4:7` for each diagnostic, in order. */
export function shown(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, code, position }) => {
    const place = position === null ? 'nowhere' : `${position.line}:${position.column}`;
    return `${severity} ${code} ${place}`;
  });
}

export function errors(set: ResourceSet): string[] {
  return shown(set.diagnostics.filter(({ severity }) => severity === 'error'));
}

/** A VirtualService of one HTTP route, given as flow YAML on line 6; its fields begin at column 6. */
export function virtualService(route: string, more = ''): string {
  return [
    'apiVersion: networking.istio.io/v1',
    'kind: VirtualService',
    'metadata: {name: v, namespace: shop}',
    'spec:',
    `  hosts: [reviews]${more}`,
    `  http: [${route}]`,
    '',
  ].join('\n');
}

/** A DestinationRule whose traffic policy is given as flow YAML on line 6. */
export function destinationRule(policy: string, more = ''): string {
  return [
    'apiVersion: networking.istio.io/v1beta1',
    'kind: DestinationRule',
    'metadata: {name: d, namespace: shop}',
    'spec:',
    `  host: reviews${more}`,
    `  trafficPolicy: ${policy}`,
    '',
  ].join('\n');
}
