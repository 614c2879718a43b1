// Scenarios as text, and what is read from them.
import type { Diagnostic } from '../../models/config/diagnostic.js';
import type { RawDocument } from '../../models/config/document.js';
import { loadResources, type ResourceSet } from '../../models/config/load.js';
import { parseDocuments } from '../../models/config/parse.js';
import type { ScenarioSpec } from '../../scenarios/document/schema.js';
import { validateScenario } from '../../scenarios/document/validate.js';
import { ScenarioReader } from '../../scenarios/reading/reader.js';

/** A Scenario document with this spec (YAML, indented by two). The spec starts in line 6. */
export function scenarioText(spec: string): string {
  return `apiVersion: seatrial.dev/v1alpha1
kind: Scenario
metadata:
  name: trial
spec:
${spec}`;
}

export function rawScenario(spec: string): RawDocument {
  const [raw] = [...parseDocuments({ name: 'scenario.yaml', text: scenarioText(spec) })];
  if (raw === undefined) throw new Error('no document');
  return raw;
}

/** The spec and a reader over it; throws where the structure is wrong. */
export function readSpec(text: string): { spec: ScenarioSpec; reader: ScenarioReader } {
  const raw = rawScenario(text);
  const { document, diagnostics } = validateScenario(raw);
  if (document === null) throw new Error(JSON.stringify(diagnostics));
  return { spec: document.spec ?? {}, reader: new ScenarioReader(raw, 'Scenario trial') };
}

/** `code line:column`, one per diagnostic. */
export function placed(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`);
}

/** A cluster without anything in it. */
export const NO_RESOURCES: ResourceSet = loadResources([]);
