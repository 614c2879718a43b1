// Which port of the pods a port of a Service leads to (kubernetes: pkg/api/v1/pod/util.go, FindPort).
import type { PlainValue } from '../config/document.js';
import { dig, listAt, numberAt, textAt } from './plain-access.js';
import { containersOf, type LintPod } from './pods.js';

/** The numbers that a Service's port has at these pods; names are looked up in their containers, and are nothing where they are not found. */
export function portOfPods(servicePort: PlainValue, pods: readonly LintPod[]): number[] {
  const target = dig(servicePort, 'targetPort') ?? numberAt(servicePort, 'port');
  if (pods.length === 0) return [];
  if (typeof target === 'number') return [target];
  if (typeof target !== 'string') return [];
  if (/^\d+$/.test(target)) return [Number(target)];
  const found = pods.flatMap((pod) => namedPorts(pod).filter(({ name }) => name === target));
  return [...new Set(found.map(({ number }) => number))];
}

/** The ports that the containers of a pod declare. */
export function namedPorts(pod: LintPod): { readonly name: string; readonly number: number }[] {
  return containersOf(pod, true).flatMap((container) =>
    listAt(container, 'ports').flatMap((port) => {
      const number = numberAt(port, 'containerPort');
      return number === null ? [] : [{ name: textAt(port, 'name') ?? '', number }];
    }),
  );
}
