// ST2211 and ST2212: policies of a subset or a port that drop what the host level sets (istio: pilot/pkg/networking/util/util.go
// MergeSubsetTrafficPolicy).
import { lookup } from '../../../sim/lookup.js';
import type { PlainMap } from '../../config/document.js';
import { isPlainMap } from '../../config/document.js';
import type { LintMesh } from '../mesh.js';
import { listAt, mapAt, numberAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pilot/pkg/networking/util/util.go (MergeSubsetTrafficPolicy)';
const BLOCKS: readonly string[] = ['loadBalancer', 'connectionPool', 'outlierDetection', 'tls'];

/** Fields of `outer`, by path, that `inner` does not have: `tcp.maxConnections`. */
function lostFields(outer: PlainMap, inner: PlainMap, prefix = ''): string[] {
  return Object.entries(outer).flatMap(([key, value]) => {
    const own = lookup(inner, key);
    if (own === undefined || own === null) return [`${prefix}${key}`];
    return isPlainMap(value) && isPlainMap(own) ? lostFields(value, own, `${prefix}${key}.`) : [];
  });
}

export const subsetDropsFields: Rule = {
  code: 'ST2211',
  name: 'SubsetDropsFields',
  title: 'a subset that drops settings of the host',
  severity: 'warning',
  why: 'A block of a subset replaces the block of the host as a whole; fields are not merged. A subset that sets one limit has lost the others.',
  help: 'repeat in the subset what is to hold for it too',
  source: SOURCE,
  check(mesh, report) {
    for (const rule of mesh.destinationRules) {
      const host = mapAt(rule.value, 'spec', 'trafficPolicy');
      if (host === null) continue;
      listAt(rule.value, 'spec', 'subsets').forEach((subset, index) => {
        for (const block of ['connectionPool', 'outlierDetection']) {
          const [outer, inner] = [mapAt(host, block), mapAt(subset, 'trafficPolicy', block)];
          const lost = outer === null || inner === null ? [] : lostFields(outer, inner);
          if (lost.length === 0) continue;
          report(
            rule,
            ['spec', 'subsets', index, 'trafficPolicy', block],
            `the subset "${textAt(subset, 'name')}" has ${block} of its own and drops ${lost.join(', ')} of the host`,
          );
        }
      });
    }
  },
};

export const portDropsBlocks: Rule = {
  code: 'ST2212',
  name: 'PortDropsBlocks',
  title: 'a port level setting that drops blocks of the host',
  severity: 'warning',
  why: 'A port level setting inherits nothing: for that port the load balancer, limits, outlier detection and TLS of the host are gone, the ones that it does not name included.',
  help: 'repeat the blocks in the port level setting',
  source: SOURCE,
  check(mesh: LintMesh, report) {
    for (const rule of mesh.destinationRules) {
      const host = mapAt(rule.value, 'spec', 'trafficPolicy');
      listAt(host ?? undefined, 'portLevelSettings').forEach((setting, index) => {
        const lost = BLOCKS.filter(
          (block) => mapAt(host ?? undefined, block) !== null && mapAt(setting, block) === null,
        );
        if (lost.length === 0) return;
        report(
          rule,
          ['spec', 'trafficPolicy', 'portLevelSettings', index],
          `port ${numberAt(setting, 'port', 'number') ?? '?'} has none of ${lost.join(', ')} of the host`,
        );
      });
    }
  },
};
