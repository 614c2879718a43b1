// Doors of Kubernetes Ingresses and of Ambassador's Mappings. No ingress controller is simulated: clients dial the services behind.
// kubernetes: networking/v1 Ingress, extensions/v1beta1 before; emissary: getambassador.io/v3alpha1 Mapping.
import type { SourcePosition } from '../../../models/config/diagnostic.js';
import type { PlainValue } from '../../../models/config/document.js';
import type { FieldPath } from '../../../models/config/resource.js';
import { dig, type LooseObject, listIn, numberIn, textIn } from '../loose.js';
import type { Survey } from '../survey.js';
import { directAddress, distinctRequests, type EntryRequest, type FoundEntry, portNamed } from './entry.js';

export function ingressEntries(survey: Survey): FoundEntry[] {
  const ingresses = [...survey.kind('networking.k8s.io', 'Ingress'), ...survey.kind('extensions', 'Ingress')];
  return merged([
    ...ingresses.flatMap((ingress) => pathsOf(ingress).flatMap((path) => entryOf(ingress, path, survey))),
    ...survey.kind('getambassador.io', 'Mapping').flatMap((mapping) => mappingEntry(mapping, survey)),
  ]);
}

interface IngressPath {
  readonly path: string;
  readonly service: string | null;
  readonly port: number | string | null;
  readonly at: SourcePosition;
}

function pathsOf(ingress: LooseObject): IngressPath[] {
  const read = (backend: PlainValue | undefined, path: string, at: FieldPath): IngressPath => ({
    path: path.startsWith('/') && !/[*(\\$]/.test(path) ? path : '/',
    service: textIn(backend, 'service', 'name') ?? textIn(backend, 'serviceName'),
    port:
      numberIn(backend, 'service', 'port', 'number') ??
      textIn(backend, 'service', 'port', 'name') ??
      numberIn(backend, 'servicePort') ??
      textIn(backend, 'servicePort'),
    at: ingress.at(at),
  });
  const rules = listIn(ingress.value, 'spec', 'rules').flatMap((rule, i) =>
    listIn(rule, 'http', 'paths').map((path, j) =>
      read(dig(path, 'backend'), textIn(path, 'path') ?? '/', ['spec', 'rules', i, 'http', 'paths', j]),
    ),
  );
  const fallback = (['defaultBackend', 'backend'] as const).flatMap((field) => {
    const backend = dig(ingress.value, 'spec', field);
    return backend === undefined ? [] : [read(backend, '/', ['spec', field])];
  });
  return [...rules, ...fallback];
}

function entryOf(object: LooseObject, { path, service: name, port, at }: IngressPath, survey: Survey): FoundEntry[] {
  const home = survey.home(object.namespace);
  const service = home === null || name === null ? undefined : survey.resolve(name, home.namespace)?.service;
  if (service === undefined) return [];
  const to = directAddress(service, portNamed(service, port));
  if (to === null) return [];
  return [
    {
      to,
      service,
      requests: [{ method: 'GET', path, headers: {}, service }],
      text: `${object.kind} ${object.name}`,
      at,
      caveat: `no ingress controller is simulated: clients dial ${service.name} itself`,
    },
  ];
}

function mappingEntry(mapping: LooseObject, survey: Survey): FoundEntry[] {
  const address = /^(?:https?:\/\/)?([^:/]+)(?::(\d+))?/.exec(textIn(mapping.value, 'spec', 'service') ?? '');
  if (address === null) return [];
  const path = textIn(mapping.value, 'spec', 'rewrite') ?? '/';
  const port = address[2] === undefined ? null : Number(address[2]);
  const at = mapping.at(['spec', 'service']);
  return entryOf(mapping, { path: path.startsWith('/') ? path : '/', service: address[1]!, port, at }, survey);
}

/** One door for each address. */
function merged(entries: readonly FoundEntry[]): FoundEntry[] {
  const byAddress = new Map<string, { first: FoundEntry; requests: EntryRequest[] }>();
  for (const entry of entries) {
    const known = byAddress.get(entry.to);
    if (known === undefined) byAddress.set(entry.to, { first: entry, requests: [...entry.requests] });
    else known.requests.push(...entry.requests);
  }
  return [...byAddress.values()].map(({ first, requests }) => ({
    ...first,
    requests: distinctRequests(requests, first.service),
  }));
}
