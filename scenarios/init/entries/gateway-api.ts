// Routes of the Kubernetes Gateway API whose Gateway is not in the YAML: clients dial the services behind them. A route whose parent is a Service routes inside the mesh and is no door.
// gateway-api: apis/v1/httproute_types.go, shared_types.go (ParentReference, BackendRef).
import { isPlainMap, type PlainValue } from '../../../models/config/document.js';
import { dig, type LooseObject, listIn, numberIn, textIn } from '../loose.js';
import type { Survey } from '../survey.js';
import type { Service } from '../surveyed.js';
import { directAddress, distinctRequests, type EntryRequest, type FoundEntry, portNamed } from './entry.js';

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute'] as const;

export function routeEntries(survey: Survey): FoundEntry[] {
  return survey.kind('gateway.networking.k8s.io', ...ROUTES).flatMap((route) => entriesOf(route, survey));
}

function entriesOf(route: LooseObject, survey: Survey): FoundEntry[] {
  const parent = listIn(route.value, 'spec', 'parentRefs').find(
    (reference) => (textIn(reference, 'kind') ?? 'Gateway') === 'Gateway',
  );
  const home = survey.home(route.namespace);
  if (parent === undefined || home === null || isThere(parent, home.namespace, survey)) return [];
  const entries = new Map<string, { entry: FoundEntry; requests: EntryRequest[] }>();
  listIn(route.value, 'spec', 'rules').forEach((rule, i) => {
    listIn(rule, 'backendRefs').forEach((reference, j) => {
      const backend = backendOf(reference, home.namespace, survey);
      if (backend === null) return;
      const { service, to } = backend;
      const known = entries.get(to);
      const requests = requestsOf(rule, service);
      if (known !== undefined) known.requests.push(...requests);
      else {
        const entry: FoundEntry = {
          to,
          service,
          requests: [],
          text: `${route.kind} ${route.name}`,
          at: route.at(['spec', 'rules', i, 'backendRefs', j]),
          caveat: `Gateway ${textIn(parent, 'name') ?? ''} is not in the YAML: clients dial ${service.name} itself`,
        };
        entries.set(to, { entry, requests });
      }
    });
  });
  return [...entries.values()].map(({ entry, requests }) => ({
    ...entry,
    requests: distinctRequests(requests, entry.service),
  }));
}

function isThere(parent: PlainValue, namespace: string, { resources }: Survey): boolean {
  const owner = textIn(parent, 'namespace') ?? namespace;
  return resources.kubernetesGateways.some(
    (gateway) => gateway.name === textIn(parent, 'name') && gateway.namespace === owner,
  );
}

function backendOf(
  reference: PlainValue,
  namespace: string,
  survey: Survey,
): { readonly service: Service; readonly to: string } | null {
  const name = textIn(reference, 'name');
  if (name === null || (textIn(reference, 'kind') ?? 'Service') !== 'Service' || numberIn(reference, 'weight') === 0)
    return null;
  const service = survey.resolve(`${name}.${textIn(reference, 'namespace') ?? namespace}`, namespace)?.service;
  if (service?.isThere !== true) return null;
  const to = directAddress(service, portNamed(service, numberIn(reference, 'port')));
  return to === null ? null : { service, to };
}

function requestsOf(rule: PlainValue, service: Service): EntryRequest[] {
  return listIn(rule, 'matches').flatMap((match): EntryRequest[] => {
    const type = textIn(match, 'path', 'type') ?? 'PathPrefix';
    const grpcMethod = dig(match, 'method');
    if (type === 'RegularExpression') return [];
    const path = isPlainMap(grpcMethod)
      ? `/${textIn(grpcMethod, 'service') ?? ''}/${textIn(grpcMethod, 'method') ?? ''}`
      : (textIn(match, 'path', 'value') ?? '/');
    const headers = listIn(match, 'headers').flatMap((header): [string, string][] => {
      const [name, value] = [textIn(header, 'name'), textIn(header, 'value')];
      return name === null || value === null || (textIn(header, 'type') ?? 'Exact') !== 'Exact' ? [] : [[name, value]];
    });
    const method = textIn(match, 'method') ?? 'GET';
    return [
      {
        method,
        path: path.startsWith('/') ? path : '/',
        headers: Object.fromEntries(headers),
        service,
        destination: service.key,
      },
    ];
  });
}
