// Addresses in free text: URLs, host:port, host names. Whether a service answers to them is for others to say.

import { connectionStringHosts, urlHosts } from './connection-strings.js';

export interface Address {
  /** Lower case, e.g. `http`, `mongodb`; null where there is none. */
  readonly scheme: string | null;
  readonly host: string;
  readonly port: number | null;
  /** '' where there is none. */
  readonly path: string;
  /** `word`: a bare name without any dot, which may be anything; `field`: under a key of a connection string that holds hosts. */
  readonly form: 'url' | 'host-port' | 'name' | 'word' | 'field';
}

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, 'i');
/** What stands between two addresses; `;` and `=` are not taken for parts of a URL. */
const SEPARATORS = /[\s,;|"'`()<>{}[\]=]+/;

/** All addresses of a text in order, each once. IP addresses and `localhost` are nobody's service and left out. */
export function addressesIn(text: string): Address[] {
  const found = new Map<string, Address>();
  const whole = [...connectionStringHosts(text), ...urlHosts(text)].map(({ scheme, host, port }) =>
    toAddress({ scheme, host, port, path: '', form: scheme === null ? 'field' : 'url' }),
  );
  const hosts = new Set(whole.map((address) => address?.host));
  const words = text.split(SEPARATORS).map((token) => readAddress(token.replace(/^jdbc:/i, '')));
  const others = words.filter((address) => address === null || !hosts.has(address.host));
  for (const address of [...whole, ...others]) {
    if (address !== null && isName(address.host)) found.set(JSON.stringify(address), address);
  }
  return [...found.values()];
}

function readAddress(token: string): Address | null {
  const url = /^([a-z][\w+.-]*(?::[a-z][\w+.-]*)*):\/\/\/?([^/?#]+)([/?][^#]*)?/i.exec(token);
  const authority = url === null ? /^([^/]+)(\/.*)?$/.exec(token) : null;
  const [place, path] = url === null ? [authority?.[1], authority?.[2]] : [url[2], url[3]];
  if (place === undefined) return null;
  const parts = /^(.*?)(?::(\d{1,5}))?$/.exec(place.slice(place.lastIndexOf('@') + 1))!;
  const port = parts[2] === undefined ? null : Number(parts[2]);
  const common = { host: parts[1]!, port, path: path ?? '' };
  if (url !== null) return toAddress({ ...common, scheme: url[1]!.toLowerCase(), form: 'url' });
  if (port !== null) return toAddress({ ...common, scheme: null, form: 'host-port' });
  return toAddress({ ...common, scheme: null, form: parts[1]!.includes('.') ? 'name' : 'word' });
}

/** null where it is no host or no port. */
function toAddress(address: Address): Address | null {
  const host = address.host.toLowerCase().replace(/\.$/, '');
  const { port } = address;
  return !HOST.test(host) || (port !== null && (port < 1 || port > 65535)) ? null : { ...address, host };
}

function isName(host: string): boolean {
  return host !== 'localhost' && !/^[\d.]+$/.test(host);
}

const ADDRESS_KEY =
  /(^|_)(HOSTS?|HOSTNAME|ADDR|ADDRESS|ADDRESSES|URLS?|URI|ENDPOINTS?|SERVERS?|BACKEND|UPSTREAM|TARGET|DNS|BROKERS?|PEERS?)$/;
const NOT_DIALED_KEY =
  /(^|_)(CORS|ORIGINS?|ALLOWED|NO_PROXY|ISSUER|AUDIENCE|CALLBACK|REDIRECT|PUBLIC|LISTEN|BIND|ADVERTISE|ADVERTISED)(_|$)/;
const CLUSTER_KEY = /^KUBERNETES(_|$)/;

/** `REDIS_HOST` of `redis.host`, `redisHost`, `--redis-host`. */
export function normalKey(key: string): string {
  return key
    .replace(/^-+/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
}

/** Whether a setting of that name holds addresses that the program itself does not dial: CORS origins, listeners, issuers. */
export function isNotDialed(key: string): boolean {
  const name = normalKey(key);
  return NOT_DIALED_KEY.test(name) || CLUSTER_KEY.test(name);
}

/** Whether a bare word under this key is the name of a host: `REDIS_HOST: redis`, `CATALOG_SERVICE: catalog`, never `MODE: name`. */
export function holdsHostName(key: string, word: string): boolean {
  const name = normalKey(key);
  if (ADDRESS_KEY.test(name)) return true;
  const service = /^(.+?)_(SERVICE|SVC)$/.exec(name);
  return service !== null && letters(word).startsWith(letters(service[1]!));
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
