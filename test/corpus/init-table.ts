// How well the calls that `init` finds fit the call graph that an application's authors document.
import type { InitiatedScenario } from '../../scenarios/init/init-scenario.js';
import type { App } from './init-apps.js';

export interface Match {
  readonly app: string;
  /** Distinct calls of the documented graph. */
  readonly known: readonly string[];
  readonly found: readonly string[];
  /** Found and not known. */
  readonly wrong: readonly string[];
}

/** Callers that the documentation names after their Deployment, where the Service is called otherwise. */
const CALLED: Readonly<Record<string, string>> = { web: 'web-svc' };

export function matchCalls(app: App, started: InitiatedScenario): Match {
  const draft = started.inferred?.draft;
  const known = [...new Set(app.edges.map(([from, to]) => `${plain(from)} -> ${plain(to)}`))];
  const found = new Set<string>();
  const wrong: string[] = [];
  // Who comes in by a route of a gateway is the gateway to whoever documents it; its requests are called after what they ask for.
  const inside = draft?.edges ?? [];
  const outside = (draft?.traffic ?? [])
    .filter(({ from, note }) => from === null && /^(HTTP|GRPC)Route /.test(note.text))
    .flatMap(({ requests }) => requests.map(({ name }) => ({ from: 'gateway', to: name })));
  for (const { from, to } of [...inside, ...(app.name === 'cafe' ? outside : [])]) {
    const match = known.find((edge) => {
      const [knownFrom, knownTo] = edge.split(' -> ') as [string, string];
      return isNamed(from, knownFrom) && isNamed(to, knownTo);
    });
    if (match === undefined) wrong.push(`${from} -> ${to}`);
    else found.add(match);
  }
  return { app: app.name, known, found: [...found], wrong };
}

/** `reviews` of `reviews@v2`, `ratings` of `ratings@v2 (optional)`. */
function plain(name: string): string {
  const short = name.replace(/ \(.*$/, '').replace(/@.*$/, '');
  return CALLED[short] ?? short;
}

function isNamed(key: string, name: string): boolean {
  return key === name || key.startsWith(`${name}.`);
}

/** Markdown, as docs/init.md holds it. */
export function tableOf(matches: readonly Match[], evidenceOf: (app: string) => string): string {
  const rows = matches.map(({ app, known, found, wrong }) => {
    const recall = known.length === 0 ? '' : `${Math.round((100 * found.length) / known.length)} %`;
    return `| ${app} | ${known.length} | ${found.length} | ${recall} | ${wrong.length} | ${evidenceOf(app)} |`;
  });
  return [
    '| application | known calls | found | recall | false | what reveals them |',
    '| --- | --: | --: | --: | --: | --- |',
    ...rows,
  ].join('\n');
}
