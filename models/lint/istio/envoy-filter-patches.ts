// Operations of EnvoyFilters that do nothing, or depend on an order that nobody set (istio: pkg/config/analysis/analyzers/envoyfilter/
// envoyfilter.go): ST1151 to ST1155.
import type { FieldPath } from '../../config/resource.js';
import { type LintMesh, NETWORKING } from '../mesh.js';
import type { LintObject } from '../object.js';
import { type dig, listAt, mapAt, numberAt, textAt } from '../plain-access.js';
import type { Rule } from '../rule.js';

const SOURCE = 'istio: pkg/config/analysis/analyzers/envoyfilter/envoyfilter.go';
const ROUTES: readonly string[] = ['ROUTE_CONFIGURATION', 'HTTP_ROUTE'];
const REPLACEABLE: readonly string[] = ['NETWORK_FILTER', 'HTTP_FILTER', 'VIRTUAL_HOST'];

type Trouble = 'add' | 'remove' | 'replace' | 'relative' | 'relative-version';

interface Patch {
  readonly object: LintObject;
  readonly path: FieldPath;
  readonly trouble: Trouble;
  readonly what: string;
}

/** Every patch that is in trouble, in the order of the input; names with a proxy version are remembered from one to the next. */
function troubledPatches(mesh: LintMesh): Patch[] {
  const found: Patch[] = [];
  const versioned = new Set<string>();
  for (const object of mesh.all(NETWORKING, 'EnvoyFilter')) {
    const priority = numberAt(object.value, 'spec', 'priority') ?? 0;
    for (const [index, patch] of listAt(object.value, 'spec', 'configPatches').entries()) {
      if (mapAt(patch, 'patch') === null) break;
      const operation = textAt(patch, 'patch', 'operation') ?? '';
      const applyTo = textAt(patch, 'applyTo') ?? '';
      const filter = filterName(patch);
      const trouble = troubleOf(operation, applyTo, priority, versioned.has(filter));
      const path = ['spec', 'configPatches', index, 'patch', 'operation'];
      if (trouble !== null) found.push({ object, path, trouble, what: `${operation} of ${applyTo}` });
      if ((textAt(patch, 'match', 'proxy', 'proxyVersion') ?? '') !== '') versioned.add(filter);
    }
  }
  return found;
}

function filterName(patch: Parameters<typeof dig>[0]): string {
  if (mapAt(patch, 'patch', 'value') === null) return '';
  const own = textAt(patch, 'patch', 'value', 'name');
  return own ?? textAt(patch, 'match', 'listener', 'filterChain', 'filter', 'name') ?? '';
}

function troubleOf(operation: string, applyTo: string, priority: number, isVersioned: boolean): Trouble | null {
  const relative = priority !== 0 ? null : isVersioned ? 'relative-version' : 'relative';
  switch (operation) {
    case 'ADD':
      return ROUTES.includes(applyTo) ? 'add' : null;
    case 'REMOVE':
      return ROUTES.includes(applyTo) ? 'remove' : relative;
    case 'REPLACE':
      return REPLACEABLE.includes(applyTo) ? relative : 'replace';
    case 'INSERT_BEFORE':
    case 'INSERT_AFTER':
      return relative;
    default:
      return null;
  }
}

function patchRule(rule: Omit<Rule, 'check' | 'source'>, trouble: Trouble, message: (what: string) => string): Rule {
  return {
    ...rule,
    source: SOURCE,
    check(mesh, report) {
      for (const patch of troubledPatches(mesh)) {
        if (patch.trouble === trouble) report(patch.object, patch.path, message(patch.what));
      }
    },
  };
}

const ORDER =
  'Where the patch lands depends on which other EnvoyFilters were applied before it. Without `priority` that is a matter of age and name.';

export const relativeOperation = patchRule(
  {
    code: 'ST1151',
    alias: 'IST0151',
    name: 'EnvoyFilterUsesRelativeOperation',
    title: 'an EnvoyFilter whose effect depends on the order of others',
    severity: 'warning',
    why: ORDER,
    help: 'set spec.priority, or use INSERT_FIRST or ADD',
  },
  'relative',
  (what) => `${what} is relative to other filters, and there is no priority`,
);

export const replaceOperation = patchRule(
  {
    code: 'ST1152',
    alias: 'IST0152',
    name: 'EnvoyFilterUsesReplaceOperationIncorrectly',
    title: 'REPLACE of something that cannot be replaced',
    severity: 'error',
    why: 'REPLACE holds for HTTP_FILTER, NETWORK_FILTER and VIRTUAL_HOST; elsewhere it is ignored.',
    help: 'use MERGE, or REMOVE and ADD',
  },
  'replace',
  (what) => `${what} is ignored`,
);

export const addOperation = patchRule(
  {
    code: 'ST1153',
    alias: 'IST0153',
    name: 'EnvoyFilterUsesAddOperationIncorrectly',
    title: 'ADD of a route',
    severity: 'error',
    why: 'ADD is ignored for ROUTE_CONFIGURATION and HTTP_ROUTE.',
    help: 'use INSERT_FIRST for HTTP_ROUTE, or MERGE',
  },
  'add',
  (what) => `${what} is ignored`,
);

export const removeOperation = patchRule(
  {
    code: 'ST1154',
    alias: 'IST0154',
    name: 'EnvoyFilterUsesRemoveOperationIncorrectly',
    title: 'REMOVE of a route',
    severity: 'error',
    why: 'REMOVE is ignored for ROUTE_CONFIGURATION and HTTP_ROUTE.',
    help: 'change the VirtualService that makes the route',
  },
  'remove',
  (what) => `${what} is ignored`,
);

export const relativeOperationOfVersion = patchRule(
  {
    code: 'ST1155',
    alias: 'IST0155',
    name: 'EnvoyFilterUsesRelativeOperationWithProxyVersion',
    title: 'an EnvoyFilter of a proxy version that depends on the order of others',
    severity: 'warning',
    why: ORDER,
    help: 'set spec.priority, or use INSERT_FIRST or ADD',
  },
  'relative-version',
  (what) =>
    `${what} is relative to a filter of the same name that is bound to a proxy version, and there is no priority`,
);
