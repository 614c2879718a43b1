// Hosts in the connection strings of databases and brokers, where they do not stand alone between blanks: `Host=db;Port=5432;Password=…` of ADO.NET and
// libpq, several hosts in one URL, credentials and options around them.
// learn.microsoft.com: SqlConnection.ConnectionString (Data Source, Server, Address, Addr, Network Address); npgsql: Connection String Parameters (Host, Port);
// postgresql: libpq-connect (key = value, several hosts); jdbc: oracle thin URLs, connector/j (`address=(host=…)`); mongodb: Connection String URI Format;
// rabbitmq: URI Spec.

export interface ConnectionHost {
  /** Lower case; null where there is none. */
  readonly scheme: string | null;
  readonly host: string;
  readonly port: number | null;
}

/** Keys of a host, as ADO.NET, Npgsql, MySQL and libpq have them; blanks and case do not matter. */
const HOST_KEYS: readonly string[] = ['host', 'server', 'datasource', 'address', 'addr', 'networkaddress', 'hostname'];
const PAIR = /^\s*([A-Za-z][A-Za-z _]*?)\s*=\s*(.*?)\s*$/s;

/** `Host=db;Port=5432;…`, `host=db port=5432 …`, `(HOST=db)(PORT=1521)`; empty where the text is nothing of the kind. */
export function connectionStringHosts(text: string): ConnectionHost[] {
  const pairs = pairsOf(text);
  const port = pairs.find(({ key }) => key === 'port')?.value ?? '';
  const ports = port.split(',').map(portOf);
  const written = pairs.filter(({ key }) => HOST_KEYS.includes(key));
  const listed = written.flatMap(({ value }) => hostsOf(value));
  const named = listed.map(({ host, port: own }, i) => ({
    scheme: null,
    host,
    port: own ?? ports[i] ?? ports[0] ?? null,
  }));
  return [...named, ...described(text)];
}

interface Pair {
  readonly key: string;
  readonly value: string;
}

function pairsOf(text: string): Pair[] {
  // A URL has its hosts before its options.
  if (/^\s*(?:jdbc:)?[a-z][\w+.-]*:\/\//i.test(text)) return [];
  const parts = text.includes(';') ? text.split(';') : text.split(/\s+(?=[A-Za-z_]+\s*=)/);
  return parts.flatMap((part): Pair[] => {
    const pair = PAIR.exec(part);
    if (pair === null) return [];
    const value = pair[2]!.replace(/^(["'])(.*)\1$/s, '$2');
    return [{ key: pair[1]!.toLowerCase().replace(/[ _]/g, ''), value }];
  });
}

/** `tcp:db,1433`, `a,b:5433`, `db\INSTANCE`. */
function hostsOf(value: string): { readonly host: string; readonly port: number | null }[] {
  const plain = value.replace(/^(tcp|np|lpc):/i, '');
  const sqlServer = /^([^,]+),\s*(\d{1,5})$/.exec(plain);
  const parts = sqlServer === null ? plain.split(',') : [`${sqlServer[1]}:${sqlServer[2]}`];
  return parts.map(hostAndPort);
}

function hostAndPort(part: string): { readonly host: string; readonly port: number | null } {
  const [, host = '', port] = /^([^:\\]*)(?:\\[^:]*)?(?::(\d{1,5}))?$/.exec(part.trim()) ?? [];
  return { host, port: portOf(port) };
}

function portOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,5}$/.test(text.trim()) ? Number(text) : null;
}

/** Descriptions in brackets: Oracle's `(ADDRESS=(HOST=db)(PORT=1521))`, Connector/J's `address=(host=db)(port=3306)`. */
function described(text: string): ConnectionHost[] {
  return [...text.matchAll(/\(\s*host\s*=\s*([^()\s]+)\s*\)(?:\s*\(\s*port\s*=\s*(\d{1,5})\s*\))?/gi)].map(
    ([, host, port]) => ({ scheme: null, host: host!, port: portOf(port) }),
  );
}

const URL_AUTHORITY = /([a-z][\w+.-]*(?::[a-z][\w+.-]*)*):\/\/([^\s/?#"'<>]+)/gi;
const ORACLE = /jdbc:oracle:(?:thin|oci):[^@\s]*@(?:tcps?:)?(?:\/\/)?([^\s/?(:]+)(?::(\d{1,5}))?/gi;

/** The hosts of URLs that have several, or credentials that would be taken apart; plain URLs are for others. */
export function urlHosts(text: string): ConnectionHost[] {
  const oracle = [...text.matchAll(ORACLE)].map(([, host, port]) => ({
    scheme: 'oracle',
    host: host!,
    port: portOf(port),
  }));
  const several = [...text.matchAll(URL_AUTHORITY)].flatMap(([, scheme, authority]): ConnectionHost[] => {
    const hosts = authority!.slice(authority!.lastIndexOf('@') + 1);
    const isPlain = hosts === authority && !hosts.includes(',');
    // A list of URLs: `http://a,http://b` ends each at its own scheme.
    if (isPlain || /,[a-z][\w+.-]*:$/i.test(hosts)) return [];
    return hosts
      .split(/[,;]/)
      .map(hostAndPort)
      .map(({ host, port }) => ({ scheme: schemeOf(scheme!), host, port }));
  });
  return [...oracle, ...several];
}

/** `mysql` of `jdbc:mysql:replication`. */
function schemeOf(scheme: string): string {
  return scheme
    .toLowerCase()
    .replace(/^jdbc:/, '')
    .split(':')[0]!;
}

const PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['amqp', 5672],
  ['amqps', 5671],
  ['redis', 6379],
  ['rediss', 6379],
  ['mysql', 3306],
  ['mariadb', 3306],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['mongodb', 27017],
  ['sqlserver', 1433],
  ['oracle', 1521],
  ['nats', 4222],
]);

/** The port that a scheme stands for where none is written; null where nobody says. */
export function portOfScheme(scheme: string | null): number | null {
  return scheme === null ? null : (PORTS.get(schemeOf(scheme)) ?? null);
}
