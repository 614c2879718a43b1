// The way of one request for a terminal: a line downward through the proxies, and beside each what it decides and where that is written.
import { createColors } from 'picocolors';
import type {
  Condition,
  DestinationView,
  Explanation,
  HeaderChange,
  Hop,
  Moment,
  PodsView,
  RequestView,
  Rule,
} from '../../models/plan/explain/index.js';
import { printable } from '../escape.js';
import { type Colors, displayWidth, headed, type Style, wrapped } from '../layout.js';
import { formatShare } from '../numbers.js';
import { meshText } from '../release.js';
import { duration } from '../timeline-words.js';
import {
  accrualText,
  answerText,
  balancerText,
  connectionsText,
  faultLines,
  filterText,
  inboundText,
  inertText,
  limitsText,
  objectText,
  outcomeText,
  outlierText,
  placeText,
  retryLines,
  sourceText,
  timeoutText,
  tlsText,
} from './words.js';

export interface ExplainTextOptions {
  readonly color: boolean;
  readonly width?: number;
}

/** A line that may have to be wrapped, and its colour. */
interface Words {
  readonly text: string;
  readonly style?: Style;
  /** More columns from the left. */
  readonly indent?: number;
}

const LABEL_WIDTH = 12;

export function explanationText(explanation: Explanation, { color, width = 80 }: ExplainTextOptions): string {
  const colors = createColors(color);
  const page = new Page(width, colors);
  const [first] = explanation.hops;
  if (first === undefined) return '';
  title(page, explanation, first);
  explanation.hops.forEach((hop, index) => {
    page.plain(index === 0 ? '' : ' ▼');
    hopLines(page, hop, index + 1, explanation.hops.length);
  });
  fidelity(page, explanation);
  return `${page.lines.join('\n')}\n`;
}

/** Lines with a gutter, a column of labels and wrapped words. */
class Page {
  readonly lines: string[] = [];

  constructor(
    readonly width: number,
    readonly colors: Colors,
  ) {}

  plain(line: string): void {
    this.lines.push(line);
  }

  /** Words beside a label; `gutter` stands before the first line, its continuation before the others. */
  entry(gutter: readonly [string, string], label: string, words: readonly Words[]): void {
    const start = displayWidth(gutter[0]) + LABEL_WIDTH;
    let isFirst = true;
    for (const { text, style, indent = 0 } of words) {
      for (const line of wrapped(printable(text), this.width - start - indent, 0)) {
        const name = (isFirst ? label : '').padEnd(LABEL_WIDTH);
        const content = style === undefined ? line : style(line);
        const bar = this.colors.dim(isFirst ? gutter[0] : gutter[1]);
        this.lines.push(`${bar}${this.colors.bold(name)}${' '.repeat(indent)}${content}`.trimEnd());
        isFirst = false;
      }
    }
  }
}

const AT_HOP: readonly [string, string] = [' ├─ ', ' │  '];
const AT_DESTINATION: readonly [string, string] = [' │     ', ' │     '];

function title(page: Page, explanation: Explanation, { request }: Hop): void {
  const { colors } = page;
  const { from, to, meshes, isVersionAssumed } = explanation;
  page.plain('');
  for (const line of wrapped(printable(`${request.method} ${to}`), page.width, 1)) page.plain(colors.bold(line));
  const isAssumed = isVersionAssumed && meshes.includes('istio');
  const release = `${meshText(explanation)}${isAssumed ? ', assumed: --istio says another' : ''}`;
  for (const line of wrapped(printable(`from ${from}, ${release}`), page.width, 1)) page.plain(colors.dim(line));
  for (const [name, value] of request.headers) page.plain(colors.dim(` ${printable(`${name}: ${value}`)}`));
  if (explanation.at !== undefined) momentLines(page, explanation.at);
  outcomeLines(page, explanation);
}

/** What holds at the time that was asked for: what concerns this way first. */
function momentLines({ width, colors, lines }: Page, { seconds, configuration, conditions }: Moment): void {
  const { sinceSeconds } = configuration;
  const config = sinceSeconds === null ? '' : `, with the configuration of ${duration(sinceSeconds)}`;
  for (const line of wrapped(`at ${duration(seconds)} of the timeline${config}`, width, 1))
    lines.push(colors.bold(line));
  const own = conditions.filter(({ isOnWay }) => isOnWay);
  const others = conditions.filter(({ isOnWay }) => !isOnWay);
  if (conditions.length === 0) lines.push(colors.dim(' nothing of the timeline holds'));
  for (const condition of own)
    for (const line of wrapped(printable(`▸ ${conditionText(condition)}`), width, 1)) lines.push(colors.yellow(line));
  for (const condition of others)
    for (const line of wrapped(printable(`elsewhere: ${conditionText(condition)}`), width, 1))
      lines.push(colors.dim(line));
}

/** `hang 1 pod of cart, since 5 s, until 15 s (scenario.yaml:12)` */
function conditionText({ name, sinceSeconds, untilSeconds, growth, position }: Condition): string {
  const place = position === null ? '' : ` (${position.file}:${position.line})`;
  if (sinceSeconds === null) return `${name}, from the start${place}`;
  if (sinceSeconds === untilSeconds) return `${name}, at ${duration(sinceSeconds)}${place}`;
  const until = untilSeconds === null ? 'until the run ends' : `until ${duration(untilSeconds)}`;
  const size = growth < 1 ? `, grown to ${formatShare(growth)}` : '';
  return `${name}, since ${duration(sinceSeconds)} ${until}${size}${place}`;
}

/** What becomes of the request, where it is more than that the application answers. */
function outcomeLines(page: Page, { outcomes }: Explanation): void {
  const { colors, width } = page;
  if (outcomes.every(({ status, unless }) => status === null && unless.length === 0)) return;
  for (const outcome of outcomes) {
    const style = statusStyle(outcome.status === 0 ? 503 : (outcome.status ?? 0), colors);
    const share = outcomes.length === 1 ? '' : `${formatShare(outcome.share)} `;
    for (const line of wrapped(printable(`→ ${share}${outcomeText(outcome)}`), width, 1)) page.plain(style(line));
  }
}

const PROXY_KIND: Readonly<Record<Hop['proxy']['kind'], string>> = {
  sidecar: 'sidecar',
  linkerd: "Linkerd's proxy",
  gateway: 'gateway',
  waypoint: 'waypoint',
  ztunnel: 'ztunnel',
  none: 'no proxy',
};

function hopLines(page: Page, hop: Hop, number: number, count: number): void {
  const { colors } = page;
  const { proxy, listener, virtualHost, route } = hop;
  const kind = PROXY_KIND[proxy.kind];
  const pods = proxy.place === null ? '' : ` of ${count_(proxy.pods, 'pod')}`;
  const prefix = count > 1 ? `${number} ` : '';
  const [name = '', ...more] = headed(
    printable(`${prefix}${proxy.workload}`),
    `  ${kind}${pods}`,
    page.width - 2,
    colors.bold,
  );
  page.plain(` ${colors.cyan('●')}${name}`);
  for (const line of more) page.plain(`${colors.dim(' │ ')}${line}`);
  const dim = colors.dim;
  for (const line of wrapped(printable(placeText(proxy.place?.position ?? null)), page.width - 4, 0)) {
    page.plain(dim(` │  ${line}`));
  }
  if (number > 1) page.entry(AT_HOP, 'request', [{ text: requestText(hop.request) }]);
  page.entry(AT_HOP, 'listener', [
    {
      text:
        listener.protocol === 'none'
          ? `none for port ${listener.port}: ${listener.decidedBy}`
          : `port ${listener.port}, ${listener.protocol}: ${listener.decidedBy}`,
    },
    { text: placeText(listener.place?.position ?? null), style: dim },
  ]);
  if (virtualHost !== null) {
    page.entry(AT_HOP, 'host', [
      { text: virtualHost.name ?? 'none', ...(virtualHost.name === null ? { style: colors.yellow } : {}) },
      { text: virtualHost.why, style: dim },
      ...virtualHost.virtualServices.map((place) => ({ text: objectText(place) })),
      ...virtualHost.passedOver.map((place) => ({
        text: `✗ ${place.resource}: ${place.why}  ${placeText(place.position)}`,
        style: dim,
      })),
    ]);
  }
  page.entry(AT_HOP, 'route', routeWords(hop, colors));
  if (route.answer === null && listener.protocol !== 'none' && proxy.kind !== 'ztunnel') {
    page.entry(AT_HOP, 'timeout', [{ text: timeoutText(route) }]);
    page.entry(AT_HOP, 'retries', [
      ...retryLines(route).map((text) => ({ text })),
      ...route.retry.inert.map((word) => ({ text: inertText(word), style: colors.yellow })),
      { text: sourceText(route.retry.origin), style: dim },
    ]);
  }
  page.entry(
    AT_HOP,
    'fault',
    faultLines(route).map((text) => ({ text, style: colors.yellow })),
  );
  page.entry(
    AT_HOP,
    'filters',
    route.filters.map((filter) => ({ text: filterText(filter), style: statusStyle(filter.status ?? 0, colors) })),
  );
  if (route.answer !== null) {
    page.plain(dim(' │'));
    page.entry([' ■  ', '    '], 'answer', [
      { text: answerText(route.answer), style: statusStyle(route.answer.status, colors) },
    ]);
    return;
  }
  page.entry(
    AT_HOP,
    'answers',
    route.responseHeaders.map((change) => ({ text: headerChangeText(change) })),
  );
  for (const destination of route.destinations)
    destinationLines(page, destination, formatShare(destination.share), hop);
  for (const mirror of route.mirrors) destinationLines(page, mirror, `copy ${formatShare(mirror.probability)}`, hop);
}

function headerChangeText({ operation, name, value, place }: HeaderChange): string {
  const what = operation === 'remove' ? name : `${name}: ${value}`;
  return `${operation} ${what}  ${placeText(place.position)}`;
}

function requestText({ method, scheme, authority, path }: RequestView): string {
  return `${method} ${scheme}://${authority}${path}`;
}

function statusStyle(status: number, colors: Colors): Style {
  return status === 0 || status < 400 ? String : colors.red;
}

function count_(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What came before the chosen route, with the reason; the others are counted. */
function routeWords({ rules, route }: Hop, colors: Colors): Words[] {
  const chosen = rules.findIndex(({ verdict }) => verdict === 'chosen');
  const before = chosen < 0 ? rules : rules.slice(0, chosen);
  const after = chosen < 0 ? [] : rules.slice(chosen + 1);
  const words = before.flatMap((rule) => failedWords(rule, colors));
  const found = rules[chosen];
  if (found !== undefined) {
    words.push({ text: `✓ ${ruleText(found)}`, style: colors.green });
  } else if (route.answer === null || DEFAULT_ROUTES.has(route.name)) {
    words.push({ text: `✓ ${DEFAULT_ROUTES.get(route.name) ?? route.name}`, style: colors.green });
  } else if (before.length === 0) words.push({ text: 'none', style: colors.yellow });
  words.push(...after.filter(({ verdict }) => verdict === 'left-out').flatMap((rule) => failedWords(rule, colors)));
  const more = after.filter(({ verdict }) => verdict === 'not-reached').length;
  if (more > 0) words.push({ text: `· ${more} more ${more === 1 ? 'is' : 'are'} not reached`, style: colors.dim });
  return words;
}

function failedWords(rule: Rule, colors: Colors): Words[] {
  if (rule.verdict === 'not-reached') return [{ text: `· ${ruleText(rule)}: not reached`, style: colors.dim }];
  const { failure } = rule;
  const place = placeText(failure?.position ?? rule.place.position);
  return [
    { text: `✗ ${rule.name}`, style: colors.dim },
    { text: `${failure?.text ?? ''}  (${place})`, indent: 2 },
  ];
}

function ruleText({ name, place, root }: Rule): string {
  const via = root === null ? '' : `, delegated by ${placeText(root.position)}`;
  return `${name}  ${placeText(place.position)}${via}`;
}

/** Routes that no object of the YAML has. */
const DEFAULT_ROUTES: ReadonlyMap<string, string> = new Map([
  ['default', 'the default route of the service: no VirtualService has one here'],
  ['kube-proxy', 'kube-proxy picks a pod'],
  ['ztunnel', 'a ztunnel draws a pod of the service for the connection'],
  ['waypoint', 'the ztunnel sends the connection to the waypoint of the service'],
  ['external', 'to the gateway that serves the host'],
  ['PassthroughCluster', 'PassthroughCluster: to the address that was dialed'],
  ['linkerd', 'the service itself: neither a ServiceProfile nor a route has the request'],
  ['linkerd-tcp', 'the connection goes to the service as it is'],
  ['tcp', 'the connection goes to the service as it is'],
]);

function destinationLines(page: Page, destination: DestinationView, share: string, hop: Hop): void {
  const { colors } = page;
  const { settings, answer } = destination;
  const entry = (label: string, words: readonly Words[]): void => page.entry(AT_DESTINATION, label, words);
  page.plain(colors.dim(' │'));
  page.entry([' ├─▶ ', ' │   '], share, [{ text: destination.cluster, style: colors.bold }]);
  entry('', [{ text: placeText(destination.place?.position ?? null), style: colors.dim }]);
  if (destination.waypointPassed !== null) {
    const { resource, position, why } = destination.waypointPassed;
    entry('waypoint', [{ text: `past ${resource}: ${why}  ${placeText(position)}`, style: colors.yellow }]);
  }
  if (destination.rewritten !== null) entry('as', [{ text: requestText(destination.rewritten) }]);
  entry('policy', ruleWords(destination.rules));
  if (answer !== null) entry('answer', [{ text: answerText(answer), style: statusStyle(answer.status, colors) }]);
  if (settings === null) return;
  entry(
    'pods',
    destination.endpoints.flatMap((endpoint) => endpointWords(endpoint, endpoint.behind, colors)),
  );
  if (hop.listener.protocol === 'none' || hop.proxy.kind === 'ztunnel') {
    const { origin } = settings.balancer;
    entry('balancer', [{ text: `any pod: ${origin.kind === 'none' ? origin.why : ''}` }]);
    if (hop.proxy.kind === 'ztunnel') entry('TLS', [{ text: tlsText(settings) }]);
    return;
  }
  entry('balancer', [{ text: balancerText(settings) }]);
  entry('connections', [{ text: connectionsText(settings) }]);
  entry('TLS', [{ text: tlsText(settings) }]);
  if (hop.proxy.kind === 'linkerd') {
    entry('breaker', [{ text: accrualText(settings) }]);
    return;
  }
  entry('limits', [{ text: limitsText(settings) }]);
  if (settings.retryBudget !== null) {
    const { percent, minConcurrency } = settings.retryBudget;
    entry('retry budget', [{ text: `${percent} % of the requests, at least ${minConcurrency}` }]);
  }
  entry('outliers', [{ text: outlierText(settings) }]);
  const { value } = settings.panicThresholdPercent;
  if (value > 0) entry('panic', [{ text: `below ${value} % of healthy pods all of them are used` }]);
}

/** Rules of one name in one line. */
function ruleWords(rules: DestinationView['rules']): Words[] {
  const names = [...new Set(rules.map(({ resource }) => resource))];
  return names.map((name) => {
    const places = rules.filter(({ resource }) => resource === name).map(({ position }) => placeText(position));
    return { text: `${name}  ${places.join(', ')}` };
  });
}

function endpointWords(endpoint: PodsView, behind: readonly PodsView[], colors: Colors): Words[] {
  const { workload, pods, weight, kind, localities, filters, nextHop, place } = endpoint;
  const facts = [
    count_(pods, 'pod'),
    ...(weight === 1 ? [] : [`weight ${weight}${behind.length > 0 ? '' : ' each'}`]),
    ...(kind === 'app' ? [proxyOfPods(endpoint)] : [kind]),
    ...(nextHop === null ? [] : [`goes on at ${nextHop + 1}`]),
  ];
  return [
    { text: `${workload}: ${facts.join(', ')}` },
    { text: placeText(place?.position ?? null), style: colors.dim, indent: 2 },
    ...shownLocalities(localities).flatMap(({ name, pods: there, ranks }): Words[] => [
      { text: `${name}: ${count_(there, 'pod')}${ranks.map(rankText).join('')}`, style: colors.dim, indent: 2 },
    ]),
    ...(endpoint.inboundLimits === null ? [] : [{ text: inboundText(endpoint.inboundLimits), indent: 2 }]),
    ...filters.map((filter) => ({
      text: filterText(filter),
      style: statusStyle(filter.status ?? 0, colors),
      indent: 2,
    })),
    ...(behind.length === 0
      ? []
      : [{ text: 'passes mutual TLS on to its network, for each connection to one of:', indent: 2 }]),
    ...behind.flatMap((inner) =>
      endpointWords(inner, [], colors).map((words) => ({ ...words, indent: (words.indent ?? 0) + 4 })),
    ),
  ];
}

function proxyOfPods({ isLinkerd, isAmbient, hasSidecar }: PodsView): string {
  if (isLinkerd) return "Linkerd's proxy";
  if (isAmbient) return 'ambient';
  return hasSidecar ? 'sidecar' : 'no sidecar';
}

/** One place alone says nothing. */
function shownLocalities(localities: PodsView['localities']): PodsView['localities'] {
  return localities.length > 1 || localities.some(({ ranks }) => ranks.length > 0) ? localities : [];
}

function rankText({ from, priority, weight }: PodsView['localities'][number]['ranks'][number]): string {
  if (priority === null) return `; not used from ${from}`;
  return `; priority ${priority}${weight === null ? '' : `, weight ${weight}`} from ${from}`;
}

function fidelity(page: Page, { fidelity: entries }: Explanation): void {
  if (entries.length === 0) return;
  const { colors, width } = page;
  page.plain('');
  page.plain(` ${colors.bold('Fidelity')}  what this way leaves out or approximates`);
  for (const { status, resource, path, position, meaning } of entries) {
    const mark = status === 'not-modelled' ? 'not modelled' : 'approximated';
    const where = [placeText(position), `${resource}${path === '' ? '' : ` ${path}`}`]
      .filter((part) => part !== '')
      .join(' ');
    for (const line of wrapped(printable(`${mark}: ${where}`), width, 1)) page.plain(colors.dim(line));
    for (const line of wrapped(printable(meaning), width, 3)) page.plain(line);
  }
}
