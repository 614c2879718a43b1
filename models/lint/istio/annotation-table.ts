// The annotations that Istio knows: how mature each is, whether it is deprecated, and what it belongs on (istio api:
// annotation/annotations.yaml, release 1.31).

import { lookup } from '../../../sim/lookup.js';
export interface KnownAnnotation {
  readonly isAlpha: boolean;
  readonly isDeprecated: boolean;
  /** Kinds; `Any` = all. */
  readonly kinds: readonly string[];
}

const ALPHA = (...kinds: readonly string[]): KnownAnnotation => ({ isAlpha: true, isDeprecated: false, kinds });
const OLD_ALPHA = (...kinds: readonly string[]): KnownAnnotation => ({ isAlpha: true, isDeprecated: true, kinds });
const GROWN = (...kinds: readonly string[]): KnownAnnotation => ({ isAlpha: false, isDeprecated: false, kinds });
const OLD_GROWN = (...kinds: readonly string[]): KnownAnnotation => ({ isAlpha: false, isDeprecated: true, kinds });

export const ISTIO_ANNOTATIONS: Readonly<Record<string, KnownAnnotation>> = {
  'alpha.istio.io/canonical-serviceaccounts': OLD_ALPHA('Service'),
  'alpha.istio.io/kubernetes-serviceaccounts': OLD_ALPHA('Service'),
  'ambient.istio.io/bypass-inbound-capture': ALPHA('Pod'),
  'ambient.istio.io/dns-capture': ALPHA('Pod'),
  'ambient.istio.io/redirection': GROWN('Pod'),
  'ambient.istio.io/waypoint-inbound-binding': ALPHA('GatewayClass', 'Gateway'),
  'galley.istio.io/analyze-suppress': ALPHA('Any'),
  'gateway.istio.io/controller-version': ALPHA('Any'),
  'gateway.istio.io/name-override': ALPHA('Gateway'),
  'gateway.istio.io/service-account': ALPHA('Gateway'),
  'inject.istio.io/templates': ALPHA('Pod'),
  'istio.io/autoRegistrationGroup': ALPHA('WorkloadEntry'),
  'istio.io/connectedAt': ALPHA('WorkloadEntry'),
  'istio.io/disconnectedAt': ALPHA('WorkloadEntry'),
  'istio.io/dry-run': ALPHA('AuthorizationPolicy'),
  'istio.io/reroute-virtual-interfaces': ALPHA('Pod'),
  'istio.io/rev': ALPHA('Pod'),
  'istio.io/use-waypoint-canary-weight': ALPHA('Service', 'ServiceEntry', 'Namespace'),
  'istio.io/workloadController': ALPHA('WorkloadEntry'),
  'kubernetes.io/ingress.class': GROWN('Ingress'),
  'networking.istio.io/exportTo': ALPHA('Service'),
  'networking.istio.io/service-type': ALPHA('Gateway'),
  'networking.istio.io/traffic-distribution': ALPHA('Namespace', 'Service', 'ServiceEntry'),
  'prometheus.istio.io/merge-metrics': ALPHA('Pod'),
  'proxy.istio.io/config': GROWN('Pod'),
  'proxy.istio.io/overrides': ALPHA('Pod'),
  'readiness.status.sidecar.istio.io/applicationPorts': ALPHA('Pod'),
  'readiness.status.sidecar.istio.io/failureThreshold': ALPHA('Pod'),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': ALPHA('Pod'),
  'readiness.status.sidecar.istio.io/periodSeconds': ALPHA('Pod'),
  'sidecar.istio.io/agentLogLevel': ALPHA('Pod'),
  'sidecar.istio.io/bootstrapOverride': ALPHA('Pod'),
  'sidecar.istio.io/componentLogLevel': ALPHA('Pod'),
  'sidecar.istio.io/discoveryAddress': OLD_ALPHA('Pod'),
  'sidecar.istio.io/extraStatTags': OLD_ALPHA('Pod'),
  'sidecar.istio.io/inject': OLD_GROWN('Pod'),
  'sidecar.istio.io/interceptionMode': ALPHA('Pod'),
  'sidecar.istio.io/logLevel': ALPHA('Pod'),
  'sidecar.istio.io/nativeSidecar': ALPHA('Pod'),
  'sidecar.istio.io/proxyCPU': ALPHA('Pod'),
  'sidecar.istio.io/proxyCPULimit': ALPHA('Pod'),
  'sidecar.istio.io/proxyImage': ALPHA('Pod'),
  'sidecar.istio.io/proxyImageType': ALPHA('Pod'),
  'sidecar.istio.io/proxyMemory': ALPHA('Pod'),
  'sidecar.istio.io/proxyMemoryLimit': ALPHA('Pod'),
  'sidecar.istio.io/rewriteAppHTTPProbers': ALPHA('Pod'),
  'sidecar.istio.io/statsCompression': OLD_ALPHA('Pod'),
  'sidecar.istio.io/statsEvictionInterval': ALPHA('Pod'),
  'sidecar.istio.io/statsFlushInterval': ALPHA('Pod'),
  'sidecar.istio.io/statsHistogramBins': ALPHA('Pod'),
  'sidecar.istio.io/statsHistogramBuckets': ALPHA('Pod'),
  'sidecar.istio.io/statsInclusionPrefixes': OLD_ALPHA('Pod'),
  'sidecar.istio.io/statsInclusionRegexps': OLD_ALPHA('Pod'),
  'sidecar.istio.io/statsInclusionSuffixes': OLD_ALPHA('Pod'),
  'sidecar.istio.io/status': ALPHA('Pod'),
  'sidecar.istio.io/userVolume': ALPHA('Pod'),
  'sidecar.istio.io/userVolumeMount': ALPHA('Pod'),
  'status.sidecar.istio.io/port': ALPHA('Pod'),
  'topology.istio.io/controlPlaneClusters': ALPHA('Namespace'),
  'traffic.istio.io/nodeSelector': GROWN('Service'),
  'traffic.sidecar.istio.io/excludeInboundPorts': ALPHA('Pod'),
  'traffic.sidecar.istio.io/excludeInterfaces': ALPHA('Pod'),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': ALPHA('Pod'),
  'traffic.sidecar.istio.io/excludeOutboundPorts': ALPHA('Pod'),
  'traffic.sidecar.istio.io/includeInboundPorts': ALPHA('Pod'),
  'traffic.sidecar.istio.io/includeOutboundIPRanges': ALPHA('Pod'),
  'traffic.sidecar.istio.io/includeOutboundPorts': ALPHA('Pod'),
  'traffic.sidecar.istio.io/kubevirtInterfaces': OLD_ALPHA('Pod'),
};

/** Written by the control plane and not by people (istio: pkg/config/analysis/analyzers/maturity/maturity.go). */
const WRITTEN_BY_ISTIO: readonly string[] = [
  'sidecar.istio.io/status',
  'gateway.istio.io/controller-version',
  'istio.io/rev',
];

/** Whether an annotation is in Istio's hands, and written by people. */
export function isIstioAnnotation(name: string): boolean {
  if (WRITTEN_BY_ISTIO.includes(name)) return false;
  return name === 'kubernetes.io/ingress.class' || name.split('/')[0]!.endsWith('istio.io');
}

/** What Istio knows of an annotation, or null. */
export function knownAnnotation(name: string): KnownAnnotation | null {
  return lookup(ISTIO_ANNOTATIONS, name) ?? null;
}
