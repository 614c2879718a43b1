// Real policies (a local collection beside the checkout, where there is one): each is made to hold for the whole of a small mesh, and plans.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadResources, type ResourceSet } from '../../../../models/config/load.js';
import { compilePlan } from '../../../../models/plan/compile.js';
import { gather } from '../../../../scenarios/gather/gather.js';
import { CLUSTER, input } from '../support.js';

const CORPUS = new URL('../../../../../shared/corpus', import.meta.url).pathname;
const isPresent = existsSync(CORPUS);
const KINDS = /kind: *["']?(EnvoyFilter|AuthorizationPolicy|RequestAuthentication|WasmPlugin)/;

function everywhere<T extends { readonly spec: object }>(policies: readonly T[]): T[] {
  return policies.map((policy) => ({
    ...policy,
    namespace: 'istio-system',
    spec: { ...policy.spec, selector: null, ...('targetRefs' in policy.spec ? { targetRefs: [] } : {}) },
  }));
}

describe.skipIf(!isPresent)('real policies', () => {
  const { texts } = isPresent ? gather([CORPUS]) : { texts: [] };
  const cluster = loadResources([{ name: 'cluster.yaml', text: CLUSTER }]);

  it('plan, each by itself, with places for all that is said', () => {
    let planned = 0;
    for (const text of texts.filter((candidate) => KINDS.test(candidate.text))) {
      const own = loadResources([text]);
      const resources: ResourceSet = {
        ...cluster,
        configMaps: own.configMaps,
        authorizationPolicies: everywhere(own.authorizationPolicies),
        requestAuthentications: everywhere(own.requestAuthentications),
        wasmPlugins: everywhere(own.wasmPlugins),
        envoyFilters: everywhere(own.envoyFilters),
      };
      const { plan, diagnostics } = compilePlan({ ...input({ yaml: '' }), resources });
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      if ((plan!.filters?.length ?? 0) > 0) planned += 1;
      for (const { position } of own.fidelity) expect(position).not.toBeNull();
    }
    expect(planned).toBeGreaterThan(100);
  });
});
