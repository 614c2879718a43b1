// ST2701: copies that double the load of their own destination.
import { destinationsOf, type NamedDestination } from '../routes.js';
import type { Rule } from '../rule.js';

export const doubledLoad: Rule = {
  code: 'ST2701',
  name: 'DoubledLoad',
  title: 'a mirror to the destination itself',
  severity: 'warning',
  why: 'Each request is sent twice to the same pods: twice the load, and every write is done twice.',
  help: 'mirror to a subset or a host of its own',
  source: 'envoy: source/common/router/router.cc (maybeDoShadowing)',
  check(mesh, report) {
    for (const object of mesh.virtualServices) {
      const all = destinationsOf(object).filter(
        (own, _index, written) => own.isMirror || own.weight > 0 || isAlone(own, written),
      );
      for (const mirror of all.filter(({ isMirror }) => isMirror)) {
        const same = all.find(
          ({ isMirror, host, subset, routePath }) =>
            !isMirror &&
            routePath.join('.') === mirror.routePath.join('.') &&
            host === mirror.host &&
            (subset === mirror.subset || mirror.subset === ''),
        );
        if (same === undefined) continue;
        const whom =
          same.subset === mirror.subset
            ? 'the same pods again'
            : `all pods of the host, those of "${same.subset}" among them`;
        report(object, mirror.path, `requests for ${mirror.host} are copied to ${whom}`);
      }
    }
  },
};

/** A destination beside others gets nothing without a weight. */
function isAlone(own: NamedDestination, all: readonly NamedDestination[]): boolean {
  const route = own.routePath.join('.');
  return all.filter(({ isMirror, routePath }) => !isMirror && routePath.join('.') === route).length === 1;
}
