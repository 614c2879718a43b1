import { describe, expect, it } from 'vitest';
import type { HttpRoute, VirtualServiceSpec } from '../../../models/config/kinds/virtual-service.js';
import { errors, load, shown, virtualService } from './helpers.js';

const DESTINATION = 'route: [{destination: {host: reviews}}]';

function spec(route: string, more = ''): VirtualServiceSpec {
  const set = load(virtualService(route, more));
  expect(errors(set)).toEqual([]);
  return set.virtualServices[0]!.spec;
}

function route(fields: string): HttpRoute {
  return spec(`{${fields}, ${DESTINATION}}`).http[0]!;
}

describe('a VirtualService', () => {
  it('is read with defaults where fields are absent', () => {
    const { http, ...rest } = spec(`{${DESTINATION}}`);
    expect(rest).toEqual({ hosts: ['reviews'], gateways: [], exportTo: [], tls: [], tcp: [] });
    const none = { set: {}, add: {}, remove: [] };
    expect(http).toEqual([
      {
        name: '',
        match: [],
        route: [
          {
            destination: { host: 'reviews', subset: '', portNumber: null },
            weight: 0,
            headers: { request: none, response: none },
          },
        ],
        redirect: null,
        directResponse: null,
        delegate: null,
        rewrite: null,
        timeoutNs: null,
        retries: null,
        fault: null,
        mirrors: [],
        headers: { request: none, response: none },
        cors: null,
      },
    ]);
  });

  it('reads every kind of match', () => {
    const [match] = route(
      'match: [{uri: {prefix: /a}, scheme: {exact: http}, method: {regex: "GET|PUT"}, headers: {x: {}, w: {regex: "*"}}, ' +
        'withoutHeaders: {z: {exact: "1"}}, queryParams: {q: {exact: v}}, port: 80, sourceLabels: {app: web}, ' +
        'sourceNamespace: shop, gateways: [mesh], ignoreUriCase: true, name: m, authority: {exact: h}}]',
    ).match;
    expect(match).toEqual({
      name: 'm',
      uri: { kind: 'prefix', value: '/a' },
      scheme: { kind: 'exact', value: 'http' },
      method: { kind: 'regex', value: 'GET|PUT' },
      authority: { kind: 'exact', value: 'h' },
      headers: { x: { kind: 'present' }, w: { kind: 'present' } },
      withoutHeaders: { z: { kind: 'exact', value: '1' } },
      queryParams: { q: { kind: 'exact', value: 'v' } },
      ignoreUriCase: true,
      port: 80,
      sourceLabels: { app: 'web' },
      sourceNamespace: 'shop',
      gateways: ['mesh'],
    });
  });

  it('tells absent retries from empty ones and from none', () => {
    expect(route('timeout: 1s').retries).toBeNull();
    expect(route('retries: {}').retries).toMatchObject({ attempts: 0, retryOn: null, perTryTimeoutNs: null });
    expect(route('retries: {attempts: 0}').retries).toMatchObject({ attempts: 0 });
    expect(
      route('retries: {attempts: 3, perTryTimeout: 250ms, retryOn: "5xx,429", backoff: 1s}').retries,
    ).toMatchObject({ attempts: 3, perTryTimeoutNs: 250e6, retryOn: ['5xx', '429'], backoffNs: 1e9 });
  });

  it('reads durations, faults, mirrors and rewrites', () => {
    const read = route(
      'timeout: 1h2m3.5s, fault: {delay: {fixedDelay: 3s, percentage: {value: 12.5}}, abort: {httpStatus: 503}}, ' +
        'mirror: {host: shadow, subset: v2, port: {number: 81}}, mirrorPercentage: {value: 10}, rewrite: {uri: /b}',
    );
    expect(read.timeoutNs).toBe(3723.5e9);
    expect(read.fault).toEqual({
      delay: { fixedDelayNs: 3e9, percent: 12.5 },
      abort: { httpStatus: 503, grpcStatus: '', percent: 0 },
    });
    expect(read.mirrors).toEqual([{ destination: { host: 'shadow', subset: 'v2', portNumber: 81 }, percent: 10 }]);
    expect(read.rewrite).toEqual({ uri: '/b', authority: '', uriRegexRewrite: null });
    expect(
      route('mirrors: [{destination: {host: a}}, {destination: {host: b}, percentage: {value: 0}}]').mirrors,
    ).toEqual([
      { destination: { host: 'a', subset: '', portNumber: null }, percent: 100 },
      { destination: { host: 'b', subset: '', portNumber: null }, percent: 0 },
    ]);
  });

  it('accepts all versions, old names and protobuf names', () => {
    for (const version of ['v1', 'v1beta1', 'v1alpha3']) {
      const text = virtualService(`{${DESTINATION}}`).replace('io/v1', `io/${version}`);
      expect(load(text).virtualServices).toHaveLength(1);
    }
    expect(route('mirror: {host: a}, mirror_percent: 20').mirrors[0]!.percent).toBe(20);
    expect(route('mirror: {host: a}, mirrorPercent: 20, mirrorPercentage: {value: 30}').mirrors[0]!.percent).toBe(30);
    expect(route('fault: {delay: {fixed_delay: 1s, percent: 40}}').fault!.delay).toEqual({
      fixedDelayNs: 1e9,
      percent: 40,
    });
    const tls = 'tls: [{match: [{sni_hosts: [reviews]}], route: [{destination: {host: reviews}}]}]';
    expect(spec(`{${DESTINATION}}`, `\n  ${tls}`).tls[0]!.match[0]!.sniHosts).toEqual(['reviews']);
  });

  it('warns of what does nothing', () => {
    const warned = (fields: string) => shown(load(virtualService(`{${fields}, ${DESTINATION}}`)).diagnostics);
    expect(warned('fault: {abort: {httpStatus: 500, percent: 100}}')).toEqual([
      'warning deprecated-field 6:44',
      'warning fault-without-effect 6:19',
    ]);
    expect(warned('websocketUpgrade: true')).toEqual(['warning deprecated-field 6:11']);
    expect(warned('timeout: 0s')).toEqual(['warning zero-timeout 6:11']);
    expect(warned('retries: {attempts: 1, retryOn: "5xx, reset"}')).toEqual(['warning retry-on-blank 6:34']);
    expect(warned('match: [{headers: {method: {exact: GET}}}]')).toEqual(['warning ignored-match 6:30']);
  });

  it('lists what is not modelled, with its place and meaning', () => {
    const set = load(virtualService(`{nonsense: 1, ${DESTINATION}}`));
    expect(set.fidelity).toEqual([
      {
        status: 'not-modelled',
        resource: 'VirtualService shop/v',
        path: 'spec.http[0].nonsense',
        position: { file: 'f.yaml', line: 6, column: 11 },
        meaning: expect.stringContaining('not a field'),
      },
    ]);
  });
});

describe('wrong types', () => {
  it.each([
    ['a number for a duration', `{timeout: 5, ${DESTINATION}}`, '6:20', 'add a unit: 5s'],
    ['a duration with a blank', `{timeout: 10 sec, ${DESTINATION}}`, '6:20', 'write 10s'],
    ['days', `{timeout: 2d, ${DESTINATION}}`, '6:20', '48h'],
    ['a string for a number', `{retries: {attempts: "3"}, ${DESTINATION}}`, '6:31', 'quotes away'],
    ['a fraction for an integer', `{retries: {attempts: 1.5}, ${DESTINATION}}`, '6:31', 'whole number'],
    ['a map for a list', '{route: {destination: {host: a}}}', '6:18', '"- "'],
    ['a list for a map', `{retries: [1], ${DESTINATION}}`, '6:20', 'name: value'],
    ['a text for a match', `{match: [{uri: /a}], ${DESTINATION}}`, '6:25', '{exact: "/a"}'],
    ['a number for a string', `{name: 7, ${DESTINATION}}`, '6:17', 'in quotes'],
    ['an unknown word', `{redirect: {uri: /a, derivePort: FROM_REQUEST}}`, '6:43', 'FROM_REQUEST_PORT'],
    ['an empty element', `{match: [null], ${DESTINATION}}`, '6:19', 'name: value'],
    ['a string for a flag', `{match: [{ignoreUriCase: "yes"}], ${DESTINATION}}`, '6:35', 'true or false'],
  ])('%s', (_, text, place, hint) => {
    const set = load(virtualService(text));
    const diagnostic = set.diagnostics.find(({ severity }) => severity === 'error')!;
    expect(shown([diagnostic])).toEqual([`error wrong-type ${place}`]);
    expect(diagnostic.hint).toContain(hint);
    expect(diagnostic.message).toMatch(/^VirtualService shop\/v: spec\.http\[0\]/);
    expect(set.virtualServices).toEqual([]);
    expect(set.rejected.map(({ name }) => name)).toEqual(['v']);
  });

  it('are all told, not only the first', () => {
    const set = load(virtualService(`{timeout: 1, retries: {attempts: x, perTryTimeout: 2}, ${DESTINATION}}`));
    expect(errors(set)).toEqual(['error wrong-type 6:20', 'error wrong-type 6:43', 'error wrong-type 6:61']);
  });

  it('stand where they are in block style too', () => {
    const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: v
spec:
  hosts:
    - reviews
  http:
    - route:
        - destination:
            host: reviews
          weight: lots
      retires:
        attempts: 2
      timeout: 1 minute
`;
    expect(shown(load(text).diagnostics)).toEqual([
      'error wrong-type 12:19',
      'warning unknown-field 13:7',
      'error wrong-type 15:16',
    ]);
  });
});

describe('unknown fields', () => {
  it('are warnings with the nearest name, and listed', () => {
    const set = load(virtualService(`{retires: {attempts: 1}, ${DESTINATION}}`));
    expect(shown(set.diagnostics)).toEqual(['warning unknown-field 6:11']);
    expect(set.diagnostics[0]!.hint).toContain('"retries"');
    expect(set.fidelity).toMatchObject([{ status: 'not-modelled', path: 'spec.http[0].retires' }]);
    expect(set.virtualServices).toHaveLength(1);
  });

  it('are errors where read strictly', () => {
    const set = load(virtualService(`{retires: {attempts: 1}, ${DESTINATION}}`), { strict: true });
    expect(shown(set.diagnostics)).toEqual(['error unknown-field 6:11']);
  });
});

describe("what Istio's validation refuses", () => {
  const long = 'a'.repeat(1025);
  it.each([
    ['attempts 0 with conditions', `{retries: {attempts: 0, retryOn: 5xx}, ${DESTINATION}}`, '6:11'],
    ['conditions without attempts', `{retries: {retryOn: 5xx}, ${DESTINATION}}`, '6:11'],
    ['negative attempts', `{retries: {attempts: -1}, ${DESTINATION}}`, '6:21'],
    ['an unknown condition', `{retries: {attempts: 1, retryOn: "5xx,timeout"}, ${DESTINATION}}`, '6:34'],
    ['a status that does not exist', `{retries: {attempts: 1, retryOn: "599"}, ${DESTINATION}}`, '6:34'],
    ['a time-out below 1ms', `{timeout: 10us, ${DESTINATION}}`, '6:11'],
    ['a time-out in parts of a millisecond', `{timeout: 1.5ms, ${DESTINATION}}`, '6:11'],
    ['route and redirect', `{redirect: {uri: /a}, ${DESTINATION}}`, '6:32'],
    ['route and directResponse', `{directResponse: {status: 200}, ${DESTINATION}}`, '6:42'],
    ['fault and redirect', '{redirect: {uri: /a}, fault: {abort: {httpStatus: 500, percentage: {value: 1}}}}', '6:32'],
    ['a redirect that says nothing', '{redirect: {redirectCode: 302}}', '6:11'],
    ['a redirect that is none', '{redirect: {uri: /a, redirectCode: 200}}', '6:31'],
    ['a route without action', '{name: x}', '6:10'],
    ['empty destinations', '{route: []}', '6:10'],
    [
      'a negative weight',
      '{route: [{destination: {host: a}, weight: -5}, {destination: {host: b}, weight: 6}]}',
      '6:44',
    ],
    ['weights that are all 0', '{route: [{destination: {host: a}}, {destination: {host: b}}]}', '6:11'],
    ['a wildcard destination', '{route: [{destination: {host: "*"}}]}', '6:34'],
    ['a subset that is no label', '{route: [{destination: {host: a, subset: v_1}}]}', '6:43'],
    ['a regex that is too long', `{match: [{uri: {regex: ${long}}}], ${DESTINATION}}`, '6:26'],
    ['a regex that RE2 does not know', `{match: [{uri: {regex: "(?=a)"}}], ${DESTINATION}}`, '6:26'],
    ['two kinds of match', `{match: [{uri: {exact: /a, prefix: /b}}], ${DESTINATION}}`, '6:20'],
    ['a header name with a blank', `{match: [{headers: {"a b": {}}}], ${DESTINATION}}`, '6:30'],
    ['a percentage above 100', `{fault: {delay: {fixedDelay: 1s, percentage: {value: 101}}}, ${DESTINATION}}`, '6:56'],
    [
      'an exponential delay',
      `{fault: {delay: {exponentialDelay: 1s, percentage: {value: 1}}}, ${DESTINATION}}`,
      '6:27',
    ],
    [
      'an abort status out of range',
      `{fault: {abort: {httpStatus: 99, percentage: {value: 1}}}, ${DESTINATION}}`,
      '6:27',
    ],
    ['an empty fault', `{fault: {}, ${DESTINATION}}`, '6:11'],
    ['mirror and mirrors', `{mirror: {host: a}, mirrors: [{destination: {host: b}}], ${DESTINATION}}`, '6:11'],
    ['a rewrite that says nothing', `{rewrite: {}, ${DESTINATION}}`, '6:11'],
    [
      'two rewrites of the authority',
      `{rewrite: {authority: a}, headers: {request: {set: {Host: b}}}, ${DESTINATION}}`,
      '6:10',
    ],
    ['delegate and route', `{delegate: {name: d}, ${DESTINATION}}`, '6:32'],
  ])('%s', (_, text, place) => {
    const set = load(virtualService(text));
    expect(errors(set)).toEqual([`error rejected-by-istio ${place}`]);
    expect(set.virtualServices).toEqual([]);
    expect(set.rejected.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['VirtualService v']);
    expect(set.fidelity).toMatchObject([{ resource: 'VirtualService shop/v', path: '', status: 'not-modelled' }]);
  });

  it.each([
    ['the wildcard host of the mesh', '  hosts: ["*"]', '5:11'],
    ['a host that is no name', '  hosts: [a_b]', '5:11'],
    ['a number as the last label', '  hosts: [a.1]', '5:11'],
    ['overlapping hosts', '  hosts: [a.example.com, "*.example.com"]', '5:26'],
    ['gateways of a delegate', '  gateways: [g]', '5:3'],
    ['a namespace named twice', '  hosts: [a]\n  exportTo: [., shop]', '6:3'],
    ['* beside others', '  hosts: [a]\n  exportTo: ["*", other]', '6:3'],
  ])('%s', (_, hosts, place) => {
    const text = virtualService(`{${DESTINATION}}`).replace('  hosts: [reviews]', hosts);
    expect(errors(load(text))).toEqual([`error rejected-by-istio ${place}`]);
  });

  it('but not what a real mesh accepts and suffers from', () => {
    const texts = [
      '{route: [{destination: {host: nowhere.example.com, subset: none}, weight: 7}, {destination: {host: b}, weight: 6}]}',
      '{match: [{uri: {prefix: /}}], route: [{destination: {host: a}}]}, {route: [{destination: {host: b}}]}',
      '{timeout: 1s, retries: {attempts: 100, perTryTimeout: 5s}, route: [{destination: {host: a}, weight: 0}]}',
    ];
    for (const text of texts) expect(errors(load(virtualService(text)))).toEqual([]);
  });
});
