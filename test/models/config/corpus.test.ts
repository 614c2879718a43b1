// Real manifests (a local collection beside the checkout, where there is one): every document loads without throwing.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadResources } from '../../../models/config/load.js';
import { gather } from '../../../scenarios/gather/gather.js';

const CORPUS = new URL('../../../../shared/corpus', import.meta.url).pathname;
const isPresent = existsSync(CORPUS);
if (!isPresent) console.warn('no collection of real manifests beside the checkout: skipped');

describe.skipIf(!isPresent)('real manifests', () => {
  const { texts, diagnostics } = isPresent ? gather([CORPUS]) : { texts: [], diagnostics: [] };
  const set = loadResources(texts);

  it('are all read', () => {
    expect(diagnostics).toEqual([]);
    expect(texts.length).toBeGreaterThan(1000);
    expect(set.documents).toBeGreaterThan(3000);
    expect(set.diagnostics.filter(({ code }) => code === 'yaml-syntax')).toEqual([]);
  });

  it('give findings with places only', () => {
    for (const { position } of [...set.diagnostics, ...set.fidelity]) {
      expect(position).not.toBeNull();
      expect(position!.line).toBeGreaterThan(0);
      expect(position!.column).toBeGreaterThan(0);
    }
  });

  it('hold no field that is unknown to us but known to the API', () => {
    const unknown = set.diagnostics.filter(({ code }) => code === 'unknown-field').map(({ message }) => message);
    const expected =
      /"_err"|"\$patch"|a Deployment has no field "serviceName"|a destination has no field "weight"|Ingress has no field "servicePort"|ap-ineffective|an override has no field "mode"|Telemetry has no field|a policy has no field "description"|rules has no field "HTTP"/;
    expect(unknown.filter((message) => !expected.test(message))).toEqual([]);
  });

  it("agree with Istio's own validation cases", () => {
    const crds = texts.filter(({ name }) => /validation\/testdata\/crds\/(destinationrule|serviceentry)-/.test(name));
    const invalid = loadResources(crds.filter(({ name }) => name.includes('-invalid')));
    expect(invalid.serviceEntries.map(({ name }) => name)).toEqual([]);
    expect(invalid.destinationRules.map(({ name }) => name)).toEqual([]);
    const valid = loadResources(crds.filter(({ name }) => name.includes('destinationrule-valid')));
    expect(valid.rejected).toEqual([]);
  });
});
