// How fast manifests become resources, and what that takes of memory: five thousand documents as one file, as `kubectl get -o yaml` writes a
// cluster, and as a file each.
import { loadResources } from '../models/config/load.js';
import type { NamedText } from '../models/config/resource.js';
import { documentsOf } from './lint.js';
import type { BenchRow } from './mesh.js';

const SERVICES = 1000;
const DOCUMENTS = SERVICES * 5;

export function benchLoad(): BenchRow[] {
  const texts: NamedText[] = Array.from({ length: SERVICES }, (_, index) => ({
    name: `service-${index}.yaml`,
    text: documentsOf(index),
  }));
  const whole: NamedText = { name: 'mesh.yaml', text: texts.map(({ text }) => text).join('---\n') };
  return [
    timed(`load: ${DOCUMENTS} documents of one file`, [whole]),
    timed(`load: ${DOCUMENTS} documents of ${SERVICES} files`, texts),
    { name: 'load: largest memory of the process', value: process.resourceUsage().maxRSS / 1024, unit: 'MiB' },
  ];
}

function timed(name: string, texts: readonly NamedText[]): BenchRow {
  const begin = performance.now();
  const { documents } = loadResources(texts);
  if (documents !== DOCUMENTS) throw new Error(`${documents} documents`);
  return { name, value: (performance.now() - begin) / 1000, unit: 's' };
}
