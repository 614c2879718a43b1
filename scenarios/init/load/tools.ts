// The flags of load generators that run as pods, and what they mean.
// fortio: README "Command line usage" (-c, -qps: 8 a second where nothing is said, 0 = no limit; -t: 0 = for ever; -payload-size: POST); hey: README (-c, -q a worker);
// wrk: README (-c), wrk2: README (-R for all connections); k6: docs "Options reference" (--vus, --rps); locust: docs "Configuration"
// (-u); vegeta: README (-rate); ghz: docs "Options" (-c, --rps); oha: README (-c, -q for all); nighthawk: docs (--rps a connection);
// bombardier: README (-c, -r); slow_cooker: README (-qps a connection, -concurrency); ab: manual (-c). How long they go on: the same pages.

export interface Tool {
  readonly name: string;
  /** A word of the command line, or the image's last part. */
  readonly pattern: RegExp;
  readonly connectionFlags: readonly string[];
  readonly rateFlags: readonly string[];
  /** A duration, or seconds. */
  readonly durationFlags: readonly string[];
  /** Bytes of a random body. */
  readonly payloadFlags: readonly string[];
  /** `each`: the rate is that of one connection. */
  readonly rateIs: 'all' | 'each';
  readonly connectionsByDefault: number;
  /** null: as fast as answers come. */
  readonly rateByDefault: number | null;
  /** Pause of a virtual user, where the tool's scripts usually have one. */
  readonly think: string | null;
  /** Requests start at the rate whatever the answers do. */
  readonly isOpen?: boolean;
}

const SHORT = ['-d', '--duration'];

export const TOOLS: readonly Tool[] = [
  tool('fortio', /(^|\/)fortio$/, ['-c'], ['-qps'], {
    connectionsByDefault: 4,
    rateByDefault: 8,
    durationFlags: ['-t'],
    payloadFlags: ['-payload-size'],
  }),
  tool('hey', /(^|\/)hey$/, ['-c'], ['-q'], { connectionsByDefault: 50, rateIs: 'each', durationFlags: ['-z'] }),
  tool('wrk2', /(^|\/)wrk2$/, ['-c', '--connections'], ['-R', '--rate'], {
    connectionsByDefault: 10,
    durationFlags: SHORT,
  }),
  tool('wrk', /(^|\/)wrk$/, ['-c', '--connections'], ['-R', '--rate'], {
    connectionsByDefault: 10,
    durationFlags: SHORT,
  }),
  tool('k6', /(^|\/)k6$/, ['--vus', '-u'], ['--rps'], { think: '1s', durationFlags: SHORT }),
  tool('locust', /(^|\/)locust$/, ['-u', '--users'], [], {
    connectionsByDefault: 10,
    think: 'uniform(1s, 10s)',
    durationFlags: ['-t', '--run-time'],
  }),
  tool('vegeta', /(^|\/)vegeta$/, [], ['-rate', '--rate'], {
    rateByDefault: 50,
    isOpen: true,
    durationFlags: ['-duration'],
  }),
  tool('ghz', /(^|\/)ghz$/, ['-c', '--concurrency'], ['--rps', '-r'], {
    connectionsByDefault: 50,
    durationFlags: ['-z', '--duration'],
  }),
  tool('oha', /(^|\/)oha$/, ['-c'], ['-q'], { connectionsByDefault: 50, durationFlags: ['-z'] }),
  tool('nighthawk', /(^|\/)nighthawk(_client)?$/, ['--connections'], ['--rps'], {
    rateIs: 'each',
    rateByDefault: 5,
    durationFlags: ['--duration'],
  }),
  tool('bombardier', /(^|\/)bombardier$/, ['-c', '--connections'], ['-r', '--rate'], {
    connectionsByDefault: 125,
    durationFlags: SHORT,
  }),
  tool('slow_cooker', /(^|\/)slow[_-]cooker$/, ['-concurrency'], ['-qps'], { rateIs: 'each', rateByDefault: 1 }),
  tool('ab', /(^|\/)ab$/, ['-c'], [], { durationFlags: ['-t'] }),
];

function tool(
  name: string,
  pattern: RegExp,
  connectionFlags: readonly string[],
  rateFlags: readonly string[],
  more: Partial<Tool> = {},
): Tool {
  return {
    name,
    pattern,
    connectionFlags,
    rateFlags,
    durationFlags: [],
    payloadFlags: [],
    rateIs: 'all',
    connectionsByDefault: 1,
    rateByDefault: null,
    think: null,
    ...more,
  };
}
