// Documents that are no Kubernetes objects but stand beside them in real directories: recognised by their fields, so that they
// raise no alarm.
import { fieldOf, isPlainMap, type PlainValue } from './document.js';

interface Foreign {
  readonly what: string;
  recognises(value: Readonly<Record<string, PlainValue>>): boolean;
}

const has = (value: PlainValue, ...names: readonly string[]) =>
  names.every((name) => fieldOf(value, name) !== undefined);
const hasAny = (value: PlainValue, ...names: readonly string[]) => names.some((name) => has(value, name));

/** The type of a message of Envoy's API, as JSON has it. */
const hasEnvoyType = (value: PlainValue): boolean => {
  const type = isPlainMap(value) ? value['@type'] : undefined;
  return typeof type === 'string' && type.startsWith('type.googleapis.com/envoy.');
};

const itemsOf = (value: PlainValue | undefined): readonly PlainValue[] => (Array.isArray(value) ? value : []);

const FOREIGN: readonly Foreign[] = [
  {
    what: 'a configuration of Envoy',
    recognises: (value) =>
      hasAny(value, 'static_resources', 'dynamic_resources', 'staticResources', 'dynamicResources') ||
      [value, value.typed_config, value.typedConfig, ...itemsOf(value.configs), ...itemsOf(value.resources)].some(
        (part) => hasEnvoyType(part ?? null),
      ),
  },
  {
    what: 'a policy as ztunnel gets it',
    recognises: (value) => has(value, 'name', 'scope') && hasAny(value, 'groups', 'action'),
  },
  {
    what: 'a dump of what ztunnel knows',
    recognises: (value) => has(value, 'workloads') && hasAny(value, 'policies', 'workloadState', 'certificates'),
  },
  {
    what: 'a Prometheus rule file',
    recognises: ({ groups }) =>
      itemsOf(groups).some(
        (group) => typeof fieldOf(group, 'name') === 'string' && Array.isArray(fieldOf(group, 'rules')),
      ) &&
      itemsOf(groups).every((group) =>
        itemsOf(fieldOf(group, 'rules')).every((rule) => hasAny(rule, 'alert', 'record')),
      ),
  },
  {
    what: 'an isotope topology',
    recognises: ({ services }) => Array.isArray(services) && services.every((service) => has(service, 'name')),
  },
  {
    what: 'a Prometheus configuration',
    recognises: (value) => hasAny(value, 'scrape_configs', 'rule_files', 'alerting'),
  },
  {
    what: 'a kustomization',
    recognises: (value) =>
      hasAny(value, 'resources', 'bases', 'patches', 'patchesStrategicMerge') && !has(value, 'spec'),
  },
  { what: 'a Helm chart', recognises: (value) => has(value, 'apiVersion', 'name', 'version') },
  { what: 'a Compose file', recognises: (value) => isPlainMap(value.services) && !has(value, 'spec') },
  { what: 'a CI workflow', recognises: (value) => has(value, 'jobs') || has(value, 'stages') },
  { what: 'an SLO specification', recognises: (value) => has(value, 'service', 'slos') },
  { what: 'a mesh configuration', recognises: (value) => hasAny(value, 'defaultConfig', 'meshConfig') },
  {
    what: 'a Helm values file',
    recognises: (value) =>
      hasAny(value, 'global', 'image', 'replicaCount', 'values', 'service') && !hasAny(value, 'spec', 'metadata'),
  },
];

/** What a document without a kind is, or null where it could be a Kubernetes object whose kind was forgotten. */
export function describeForeign(value: PlainValue): string | null {
  if (Array.isArray(value)) return 'a list';
  if (!isPlainMap(value)) return 'a text';
  return FOREIGN.find((foreign) => foreign.recognises(value))?.what ?? null;
}
