// What Istio's injector accepts as values of its annotations (istio: pkg/kube/inject/validate.go).
import { lookup } from '../../../sim/lookup.js';
import { parseQuantity } from '../../config/quantity.js';

type Check = (value: string) => string | null;

const NUMBER_MAX = 4294967295;

const wholeNumber: Check = (value) =>
  /^\d+$/.test(value) && Number(value) <= NUMBER_MAX ? null : `${JSON.stringify(value)} is not a whole number`;

const port: Check = (value) =>
  /^\d+$/.test(value) && Number(value) <= 65535 ? null : `${JSON.stringify(value)} is not a port`;

const ports: Check = (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(port)
    .find((problem) => problem !== null) ?? null;

const portsOrAll: Check = (value) => (value === '*' ? null : ports(value));

const ADDRESS_RANGE = /^[0-9a-fA-F:.]+\/\d{1,3}$/;

const ranges: Check = (value) => {
  const bad = value
    .split(',')
    .map((part) => part.trim())
    .find((part) => part !== '' && !ADDRESS_RANGE.test(part));
  return bad === undefined ? null : `${JSON.stringify(bad)} is not a range of addresses such as 10.0.0.0/8`;
};

const rangesOrAll: Check = (value) => (value === '*' ? null : ranges(value));

const mode: Check = (value) =>
  ['REDIRECT', 'TPROXY', 'NONE'].includes(value) ? null : `${JSON.stringify(value)} is not REDIRECT, TPROXY or NONE`;

/** strconv.ParseBool. */
const bool: Check = (value) =>
  ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value)
    ? null
    : `${JSON.stringify(value)} is neither true nor false`;

const quantity: Check = (value) =>
  parseQuantity(value) === null ? `${JSON.stringify(value)} is not an amount such as 500m or 128Mi` : null;

const CHECKS: Readonly<Record<string, Check>> = {
  'sidecar.istio.io/interceptionMode': mode,
  'status.sidecar.istio.io/port': port,
  'readiness.status.sidecar.istio.io/initialDelaySeconds': wholeNumber,
  'readiness.status.sidecar.istio.io/periodSeconds': wholeNumber,
  'readiness.status.sidecar.istio.io/failureThreshold': wholeNumber,
  'traffic.sidecar.istio.io/includeOutboundIPRanges': rangesOrAll,
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': ranges,
  'traffic.sidecar.istio.io/includeInboundPorts': portsOrAll,
  'traffic.sidecar.istio.io/excludeInboundPorts': ports,
  'traffic.sidecar.istio.io/excludeOutboundPorts': ports,
  'prometheus.istio.io/merge-metrics': bool,
  'sidecar.istio.io/proxyCPU': quantity,
  'sidecar.istio.io/proxyMemory': quantity,
  'sidecar.istio.io/proxyCPULimit': quantity,
  'sidecar.istio.io/proxyMemoryLimit': quantity,
};

/** What is wrong with a value, or null. */
export function annotationProblem(name: string, value: string): string | null {
  return lookup(CHECKS, name)?.(value) ?? null;
}
