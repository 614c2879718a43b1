// The public surface of models/config: texts in, typed resources with positions and findings out.

export type { Diagnostic, FidelityEntry, FidelityStatus, Severity, SourcePosition } from './diagnostic.js';
export { fieldOf, isPlainMap, type PlainMap, type PlainValue, type RawDocument } from './document.js';
export { DURATION_EXPECTED, formatDuration, parseDuration } from './duration.js';
export type { LabelRequirement, LabelSelector, StringMap } from './kinds/common.js';
export type { Container, ContainerPort, ContainerResources, EnvironmentVariable } from './kinds/container.js';
export type * from './kinds/destination-rule.js';
export type { GatewayServer, GatewaySpec, GatewayTls } from './kinds/gateway.js';
export type {
  HorizontalPodAutoscalerSpec,
  ScalingMetric,
  ScalingPolicy,
  ScalingRules,
} from './kinds/horizontal-pod-autoscaler.js';
export type { NamespaceSpec } from './kinds/namespace.js';
export type { PodTemplate } from './kinds/pod-template.js';
export type { ServicePort, ServiceSpec } from './kinds/service.js';
export type { ServiceAccountSpec } from './kinds/service-account.js';
export type { ServiceEntryEndpoint, ServiceEntryPort, ServiceEntrySpec } from './kinds/service-entry.js';
export type { StringMatch } from './kinds/string-match.js';
export type * from './kinds/virtual-service.js';
export type { DaemonSetSpec, DeploymentSpec, PodSpec, StatefulSetSpec } from './kinds/workload.js';
export { type LoadOptions, loadResources, OWN_GROUP, type ResourceSet } from './load.js';
export { type ParseOptions, parseDocuments } from './parse.js';
export { formatPath } from './place.js';
export { parseQuantity, QUANTITY_EXPECTED, type Quantity, quantityMilli, quantityValue } from './quantity.js';
export type { FieldPath, NamedText, Resource, ResourceSource } from './resource.js';
