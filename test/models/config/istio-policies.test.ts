// The kinds of Istio that say how proxies behave, as its admission webhook reads them.
import { describe, expect, it } from 'vitest';
import { errors, load } from './helpers.js';

describe('a PeerAuthentication', () => {
  const peers = (spec: string): ReturnType<typeof load> =>
    load(
      `apiVersion: security.istio.io/v1beta1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`,
    );

  it('is read', () => {
    const set = peers(
      '{selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: DISABLE}, "9090": {}}}',
    );
    expect(errors(set)).toEqual([]);
    expect(set.fidelity).toEqual([]);
    expect(set.peerAuthentications[0]!.spec).toEqual({
      selector: { app: 'web' },
      mode: 'STRICT',
      portModes: { 8080: 'DISABLE', 9090: 'UNSET' },
    });
    expect(peers('{selector: {}}').peerAuthentications[0]!.spec).toEqual({
      selector: null,
      mode: 'UNSET',
      portModes: {},
    });
  });

  it.each([
    ['{mtls: {mode: strict}}', 'error wrong-type 4:21'],
    ['{portLevelMtls: {80: {mode: STRICT}}}', 'error rejected-by-istio 4:8'],
    ['{selector: {matchLabels: {a: b}}, portLevelMtls: {}}', 'error rejected-by-istio 4:41'],
    ['{selector: {matchLabels: {a: b}}, portLevelMtls: {0: {mode: STRICT}}}', 'error rejected-by-istio 4:57'],
    ['{selector: {matchLabels: {a: "*"}}}', 'error rejected-by-istio 4:33'],
  ])('%s is refused', (spec, error) => {
    const set = peers(spec);
    expect(errors(set)).toEqual([error]);
    expect(set.peerAuthentications).toEqual([]);
  });
});
