// What Envoy's response flags mean, in words (envoy: docs/root/configuration/observability/access_log/usage.rst).
import type { FlagName } from '../../models/mesh/recording/flags.js';

const FLAG_WORDS: Readonly<Record<FlagName, string>> = {
  UH: 'No healthy host was left in the cluster: all were ejected, or there were none.',
  UT: 'The upstream did not answer within the time-out of the route.',
  LR: 'The connection was reset by the proxy itself.',
  UR: 'The upstream reset the request before it had answered.',
  UF: 'No connection to the upstream could be made: refused, timed out, or the TLS handshake failed.',
  UC: 'The upstream closed the connection while a request was on it.',
  UO: 'A circuit breaker refused it: too many connections, pending requests, requests or retries.',
  NR: 'No route matched the request.',
  DI: 'A fault injected a delay.',
  FI: 'A fault injected the abort.',
  RL: 'A rate limit refused it.',
  DC: 'The client went away before the answer came: its own time-out, most often.',
  URX: 'The last retry failed too: the limit of attempts was reached.',
  SI: 'The stream was idle for too long.',
  NC: 'The route points to a cluster that does not exist: a host or subset that nothing defines.',
  UMSDR: 'The request or its answer took longer than a stream may last.',
  UAEX: 'The external authorization service denied it.',
  DT: 'The connection under it had lived as long as it may (maxConnectionDuration).',
  RLSE: 'The rate limit service failed, and its filter denies then.',
};

const STATUS_WORDS: Readonly<Record<number, string>> = {
  0: 'No response reached the client.',
  429: 'Too many requests.',
  500: 'The application failed.',
  502: 'The application could not get an answer it needed, or the proxy lets nothing out to unknown hosts.',
  503: 'The service was not available.',
  504: 'An answer was not there in time.',
};

/** The meaning of an outcome: of each of its flags; without flags, of its status. `` for a plain good answer. */
export function outcomeMeaning(status: number, flags: string): string {
  const known = flags.split(',').flatMap((flag) => (isFlag(flag) ? [FLAG_WORDS[flag]] : []));
  return known.length > 0 ? known.join(' ') : (STATUS_WORDS[status] ?? fallback(status));
}

function isFlag(text: string): text is FlagName {
  return Object.hasOwn(FLAG_WORDS, text);
}

function fallback(status: number): string {
  if (status >= 500) return 'The application answered with an error.';
  return status >= 400
    ? 'The request was refused: an error, unless its sender expects that, or the application answers so as a matter of course.'
    : '';
}
