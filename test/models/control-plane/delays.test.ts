import { expect, test } from 'vitest';
import {
  contextBuildNs,
  DELAY_PRESETS,
  meshSize,
  presetDelayNs,
  propagationNs,
} from '../../../models/control-plane/delays.js';
import { MS_NS } from '../../../models/control-plane/time.js';

test.each(['small', 'medium', 'large'] as const)('the preset %s has its median and its 99th percentile', (size) => {
  const preset = DELAY_PRESETS[size];
  expect(presetDelayNs(preset, 0.5)).toBe(preset.medianNs);
  expect(Math.abs(presetDelayNs(preset, 0.99) - preset.p99Ns)).toBeLessThanOrEqual(1);
});

test('meshes have sizes', () => {
  expect([1, 50, 51, 500, 501, 5000].map(meshSize)).toEqual(['small', 'small', 'medium', 'medium', 'large', 'large']);
});

test('a context of a thousand services takes about a second, one of endpoints alone 10 ms', () => {
  expect([contextBuildNs(1000, false), contextBuildNs(1000, true)]).toEqual([1010 * MS_NS, 10 * MS_NS]);
});

test('the parts of a delay add up, the queue by turns', () => {
  const parts = {
    informerNs: 50 * MS_NS,
    debounceNs: 100 * MS_NS,
    waitNs: 0,
    contextNs: 10 * MS_NS,
    generationNs: 20 * MS_NS,
    queuePosition: 51,
    slots: 25,
    networkNs: MS_NS,
    applyNs: 2 * MS_NS,
  };
  expect(propagationNs(parts)).toBe((163 + 3 * 20) * MS_NS);
});
