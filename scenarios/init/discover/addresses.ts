// Addresses in free text: URLs, host:port, host names. Whether a service answers to them is for others to say.

export interface Address {
  /** Lower case, e.g. `http`, `mongodb`; null where there is none. */
  readonly scheme: string | null;
  readonly host: string;
  readonly port: number | null;
  /** '' where there is none. */
  readonly path: string;
  /** `word`: a bare name without any dot, which may be anything. */
  readonly form: 'url' | 'host-port' | 'name' | 'word';
}

const LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, 'i');
/** What stands between two addresses; `;` and `=` are not taken for parts of a URL. */
const SEPARATORS = /[\s,;|"'`()<>{}[\]=]+/;

/** All addresses of a text in order, each once. IP addresses and `localhost` are nobody's service and left out. */
export function addressesIn(text: string): Address[] {
  const found = new Map<string, Address>();
  for (const token of text.split(SEPARATORS)) {
    const address = readAddress(token.replace(/^jdbc:/i, ''));
    if (address !== null && isName(address.host)) found.set(JSON.stringify(address), address);
  }
  return [...found.values()];
}

function readAddress(token: string): Address | null {
  const url = /^([a-z][a-z0-9+.-]*):\/\/\/?([^/?#]+)([/?][^#]*)?/i.exec(token);
  const authority = url === null ? /^([^/]+)(\/.*)?$/.exec(token) : null;
  const [place, path] = url === null ? [authority?.[1], authority?.[2]] : [url[2], url[3]];
  if (place === undefined) return null;
  const parts = /^(.*?)(?::(\d{1,5}))?$/.exec(place.slice(place.lastIndexOf('@') + 1))!;
  const host = parts[1]!.toLowerCase().replace(/\.$/, '');
  const port = parts[2] === undefined ? null : Number(parts[2]);
  if (!HOST.test(host) || (port !== null && (port < 1 || port > 65535))) return null;
  const common = { host, port, path: path ?? '' };
  if (url !== null) return { ...common, scheme: url[1]!.toLowerCase(), form: 'url' };
  if (port !== null) return { ...common, scheme: null, form: 'host-port' };
  return { ...common, scheme: null, form: host.includes('.') ? 'name' : 'word' };
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
