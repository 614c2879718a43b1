// ST1903: a route to a subset that no DestinationRule defines.
import { nameOfHost, namespaceOfHost } from '../hosts.js';
import { NETWORKING } from '../mesh.js';
import { listAt, textAt, textsAt } from '../plain-access.js';
import { destinationsOf } from '../routes.js';
import type { Rule } from '../rule.js';

export const destinationSubset: Rule = {
  code: 'ST1903',
  alias: 'IST0101',
  name: 'ReferencedResourceNotFound',
  title: 'a route to a subset that no DestinationRule defines',
  severity: 'error',
  why: 'Its share of the requests is answered with 503 NC: without the DestinationRule there is no cluster for the subset.',
  help: 'define it under subsets of the DestinationRule of the host, or route to the host as a whole',
  source: 'istio: pkg/config/analysis/analyzers/virtualservice/destinationrules.go',
  check(mesh, report) {
    const known = new Set<string>();
    for (const rule of mesh.destinationRules) {
      const host = nameOfHost(textAt(rule.value, 'spec', 'host') ?? '', rule.namespace);
      for (const subset of listAt(rule.value, 'spec', 'subsets')) known.add(`${host}+${textAt(subset, 'name')}`);
    }
    for (const object of mesh.virtualServices) {
      for (const { host, subset, path } of destinationsOf(object)) {
        if (subset === '' || known.has(`${nameOfHost(host, object.namespace)}+${subset}`)) continue;
        const homes = [object.namespace, namespaceOfHost(host, object.namespace) ?? object.namespace];
        const isHeld = homes.some((home) => mesh.holds(NETWORKING, 'DestinationRule', home));
        if (!isHeld && mesh.hosts.find(host, object.namespace, textsAt(object.value, 'spec', 'exportTo')) === null)
          continue;
        report(object, [...path, 'subset'], `no DestinationRule defines the subset "${subset}" of "${host}"`);
      }
    }
  },
};
