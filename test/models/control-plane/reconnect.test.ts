import { describe, expect, it } from 'vitest';
import { admissionRatePerSecond, ReconnectBackoff, StreamAdmission } from '../../../models/control-plane/reconnect.js';
import { MS_NS, S_NS } from '../../../models/control-plane/time.js';

describe('a proxy without istiod', () => {
  it('waits below intervals that double from half a second to half a minute', () => {
    const backoff = new ReconnectBackoff();
    const waits = Array.from({ length: 8 }, () => backoff.failed(0, 0.5) / MS_NS);
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  });

  it('begins anew once it has been answered', () => {
    const backoff = new ReconnectBackoff();
    backoff.failed(0, 0.5);
    backoff.failed(0, 0.5);
    backoff.answered();
    expect(backoff.failed(7 * S_NS, 0.5)).toBe(7 * S_NS + 250 * MS_NS);
  });
});

describe('an istiod that is back', () => {
  it('admits streams by its cores', () => {
    expect([1, 2, 8, 40].map(admissionRatePerSecond)).toEqual([20, 25, 55, 100]);
  });

  it('admits one at once, the others at the rate, and refuses who would wait for more than a second', () => {
    const admission = new StreamAdmission(25);
    const admitted = Array.from({ length: 30 }, () => admission.admit(0));
    expect(admitted.slice(0, 3)).toEqual([0, 40 * MS_NS, 80 * MS_NS]);
    expect(admitted.slice(24)).toEqual([960 * MS_NS, 1000 * MS_NS, null, null, null, null]);
    expect(admission.admit(500 * MS_NS)).toBe(1040 * MS_NS);
  });

  it('has saved up one admission after quiet, not more', () => {
    const admission = new StreamAdmission(25);
    admission.admit(0);
    expect([admission.admit(10 * S_NS), admission.admit(10 * S_NS)]).toEqual([10 * S_NS, 10 * S_NS + 40 * MS_NS]);
  });
});
