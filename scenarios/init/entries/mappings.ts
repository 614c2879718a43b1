// Doors of Ambassador's Mappings. Its gateway is not simulated: clients dial the services behind.
// emissary: getambassador.io/v3alpha1 Mapping.
import { type LooseObject, textIn } from '../loose.js';
import type { Survey } from '../survey.js';
import { directAddress, type FoundEntry, portNamed } from './entry.js';

export function mappingEntries(survey: Survey): FoundEntry[] {
  const entries = survey.kind('getambassador.io', 'Mapping').flatMap((mapping) => entryOf(mapping, survey));
  return entries.filter((entry, index) => entries.findIndex(({ to }) => to === entry.to) === index);
}

function entryOf(mapping: LooseObject, survey: Survey): FoundEntry[] {
  const address = /^(?:https?:\/\/)?([^:/]+)(?::(\d+))?/.exec(textIn(mapping.value, 'spec', 'service') ?? '');
  const home = survey.home(mapping.namespace);
  const service = home === null || address === null ? undefined : survey.resolve(address[1]!, home.namespace)?.service;
  if (service?.isThere !== true) return [];
  const port = address?.[2] === undefined ? null : Number(address[2]);
  const to = directAddress(service, portNamed(service, port));
  if (to === null) return [];
  const rewritten = textIn(mapping.value, 'spec', 'rewrite') ?? '/';
  const path = rewritten.startsWith('/') ? rewritten : '/';
  return [
    {
      to,
      service,
      requests: [{ method: 'GET', path, headers: {}, service, destination: service.key }],
      text: `Mapping ${mapping.name}`,
      at: mapping.at(['spec', 'service']),
      caveat: `Ambassador's gateway is not simulated: clients dial ${service.name} itself`,
    },
  ];
}
