// Small meshes for the tests of init.
import { loadResources } from '../../../models/config/load.js';
import { parseDocuments } from '../../../models/config/parse.js';
import { type Inference, inferScenario } from '../../../scenarios/init/infer.js';
import { looseObjects } from '../../../scenarios/init/loose.js';
import { Survey } from '../../../scenarios/init/survey.js';
import { interpretScenario } from '../../../scenarios/reading/interpret.js';

/** A Service and its Deployment; `pod` is the pod's spec in flow style, without its braces. */
export function app(name: string, pod = `containers: [{name: app, image: ${name}}]`, service = ''): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: 80}]${service}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {${pod}}
`;
}

/** A pod with one container and its variables. */
export function env(variables: Readonly<Record<string, string>>, image = 'app'): string {
  const list = Object.entries(variables).map(([name, value]) => `{name: ${name}, value: ${JSON.stringify(value)}}`);
  return `containers: [{name: app, image: ${image}, env: [${list.join(', ')}]}]`;
}

/** A pod with one container and its command line. */
export function args(image: string, ...words: readonly string[]): string {
  return `containers: [{name: app, image: ${image}, args: ${JSON.stringify(words)}}]`;
}

/** A Deployment that no Service selects. */
export function lonely(name: string, pod: string): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {${pod}}
`;
}

export function mesh(...documents: readonly string[]): string {
  return documents.join('---');
}

export function surveyOf(text: string): Survey {
  const resources = loadResources([{ name: 'mesh.yaml', text }]);
  const errors = resources.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return new Survey(resources, looseObjects([...parseDocuments({ name: 'mesh.yaml', text })]));
}

export function inferenceOf(text: string): Inference {
  const texts = [{ name: 'mesh.yaml', text }];
  const options = { file: 'scenario.yaml', mesh: ['./'], nameOf: (file: string) => file };
  return inferScenario(texts, loadResources(texts), options);
}

/** The guessed scenario; throws where there is none, or where it would not run. */
export function inferred(text: string): Extract<Inference, { kind: 'inferred' }> {
  const inference = inferenceOf(text);
  if (inference.kind === 'nothing') throw new Error(inference.diagnostic.message);
  const { plan, diagnostics } = interpretScenario(inference.raw, inference.document, inference.resources);
  if (plan === null) throw new Error(`${JSON.stringify(diagnostics)}\n${inference.text}`);
  return inference;
}
