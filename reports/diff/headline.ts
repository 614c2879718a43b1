// The first sentence of a comparison: success first. An outage is called so, and what stands behind it; then what the gate found.
import type {
  Comparison,
  DiffResult,
  ErrorCause,
  HeadlineKind,
  SuccessHeadline,
} from '../../scenarios/result/diff-result.js';
import { formatShare } from '../numbers.js';
import { changeText, metricName, subjectName, valueText } from './words.js';

const REQUESTS_NAMED_MAX = 3;

/** `OUTAGE` and its kin. */
export function headlineWord(kind: HeadlineKind): string {
  switch (kind) {
    case 'outage':
      return 'OUTAGE';
    case 'regression':
      return 'REGRESSION';
    case 'inconclusive':
      return 'INCONCLUSIVE';
    case 'recovery':
      return 'RECOVERY';
    case 'no-regression':
    case 'same':
      return 'NO REGRESSION';
  }
}

/** Of all candidates together; where the run is incomplete, nothing better than that. */
export function resultKind({ verdict, comparisons }: DiffResult): HeadlineKind {
  const kinds = new Set(comparisons.map(({ headline }) => headline.kind));
  switch (verdict) {
    case 'fail':
      return kinds.has('outage') ? 'outage' : 'regression';
    case 'inconclusive':
      return 'inconclusive';
    case 'pass':
      return kinds.has('recovery') ? 'recovery' : 'no-regression';
  }
}

/** What happened to success, or else the strongest metric that fails; `` where neither is worth a sentence. Names in it are the input's. */
export function headlineSentence(comparison: Comparison): string {
  const { headline } = comparison;
  const success = headline.success === null ? '' : successSentence(headline.success);
  const isFailing = headline.kind === 'regression' && headline.success?.direction !== 'lost';
  return [isFailing ? failureSentence(comparison) : '', success].filter((text) => text !== '').join('; ');
}

/** `100 % of the requests that were good are refused (403) by AuthorizationPolicy shop/deny` */
export function successSentence({ direction, share, requests, cause }: SuccessHeadline): string {
  const shown = requests.slice(0, REQUESTS_NAMED_MAX);
  const more = requests.length - shown.length;
  const list = `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  const of = requests.length === 0 ? '' : ` of ${list}`;
  const much = formatShare(share);
  if (direction === 'lost') {
    return `${much} of the requests${of} that were good ${cause === null ? 'are good no longer' : causeVerb(cause)}`;
  }
  const why = cause === null ? '' : `; in the base, they ${causeVerb(cause)}`;
  return `${much} of the requests${of} that were bad are good now${why}`;
}

function failureSentence({ gate, metrics }: Comparison): string {
  const failed = gate.metrics.find(({ verdict }) => verdict === 'fail');
  if (failed === undefined) return '';
  const metric = metrics[failed.index];
  const values = `${valueText(metric, metric.base)} to ${valueText(metric, metric.candidate)}`;
  return `${subjectName(metric.subject)} ${metricName(metric)} went from ${values} (${changeText(metric)})`;
}

/** `are refused (403) by AuthorizationPolicy shop/deny` */
export function causeVerb({ reason, place: name, position, outcome, refusal }: ErrorCause): string {
  const how = outcome === '' ? '' : ` (${outcome})`;
  const place = position === null ? name : `${name} (${position.file}:${position.line})`;
  switch (refusal) {
    case 'no route':
      return `find no route${how}: ${place}`;
    case 'route answers':
      return `are answered by the route itself${how}: ${place}`;
    case 'connection policy':
      return `have their connections refused by a policy${how}: ${place}`;
    case null:
      break;
    default:
      return `are refused${how} by ${place === '' ? refusal : place}`;
  }
  switch (reason) {
    case 'application error':
      return `get an error of the application${how}: ${place}`;
    case 'not expected':
      return `get an answer that is not expected${how}: ${place}`;
    case 'no endpoint':
      return `find no endpoint${how}: ${place}`;
    case 'no cluster':
      return `are routed to what does not exist${how}: ${place}`;
    case 'fault':
      return `are ended by an injected fault${how}: ${place}`;
    case 'injected delay':
      return `are held by an injected delay until their time is up${how}: ${place}`;
    case 'connect failure':
      return `cannot connect${how}: ${place}`;
    case 'connection lost':
      return `lose their connection${how}: ${place}`;
    case 'TLS mismatch':
      return `fail because client and server do not agree on TLS${how}: ${place}`;
    default:
      return reason.startsWith('waited for')
        ? `run out of time${how}; they ${reason}: ${place}`
        : `fail${how}, ${reason}: ${place}`;
  }
}
