// All rules, in the order of their codes.

import { BEHAVIOUR_RULES } from './behaviour/index.js';
import { INPUT_RULES } from './input-rules.js';
import { alphaAnnotation } from './istio/alpha-annotation.js';
import { applicationUid } from './istio/application-uid.js';
import { authorizationNamespaces } from './istio/authorization-namespaces.js';
import { authorizationWorkloads } from './istio/authorization-workloads.js';
import { blockedRanges } from './istio/blocked-ranges.js';
import { conflictingGateways } from './istio/conflicting-gateways.js';
import { deprecatedAnnotation } from './istio/deprecated-annotation.js';
import { deprecatedField } from './istio/deprecated-field.js';
import { destinationHost } from './istio/destination-host.js';
import { destinationPort } from './istio/destination-port.js';
import { subsetWithoutPods, unknownRuleHost } from './istio/destination-rule-pods.js';
import { destinationSubset } from './istio/destination-subset.js';
import {
  addOperation,
  relativeOperation,
  relativeOperationOfVersion,
  removeOperation,
  replaceOperation,
} from './istio/envoy-filter-patches.js';
import { credentialNotFound, duplicateCertificate, invalidCredential } from './istio/gateway-certificates.js';
import { gatewayPolicySelector } from './istio/gateway-policy-selector.js';
import { gatewayPort } from './istio/gateway-port.js';
import { gatewaySelectsNothing } from './istio/gateway-selector.js';
import { imageAuto, imageAutoOfWorkload } from './istio/image-auto.js';
import { ineffectiveMatch } from './istio/ineffective-match.js';
import { ingressRoute } from './istio/ingress-route.js';
import { invalidAnnotation } from './istio/invalid-annotation.js';
import { jwtClaimRoute } from './istio/jwt-claim-route.js';
import { unknownRegistry } from './istio/mesh-networks.js';
import { misplacedAnnotation } from './istio/misplaced-annotation.js';
import { multipleInjectionLabels } from './istio/multiple-injection-labels.js';
import { namespaceEnabledByDefault } from './istio/namespace-enabled-by-default.js';
import { namespaceNotInjected } from './istio/namespace-not-injected.js';
import { negativeCondition } from './istio/negative-condition.js';
import { podMissingProxy } from './istio/pod-missing-proxy.js';
import { externalNamePort, portName } from './istio/port-names.js';
import { proxyImage } from './istio/proxy-image.js';
import { serverCertificate, serverCertificateOfPort } from './istio/server-certificates.js';
import { conflictingPorts, multipleServices } from './istio/service-association.js';
import { serviceEntryAddresses } from './istio/service-entry-addresses.js';
import { serviceEntryProtocols } from './istio/service-entry-protocols.js';
import {
  conflictingSidecars,
  ineffectiveSidecar,
  multipleSidecars,
  sidecarSelectsNothing,
} from './istio/sidecar-selectors.js';
import {
  conflictingTelemetries,
  multipleTelemetries,
  telemetryProvider,
  telemetrySelectsNothing,
} from './istio/telemetry-rules.js';
import { unknownAnnotation } from './istio/unknown-annotation.js';
import { unreachableRule } from './istio/unreachable-rule.js';
import { gatewayNotFound, hostNotInGateway, internalGateway } from './istio/virtual-service-gateways.js';
import { conflictingVirtualServices } from './istio/virtual-service-hosts.js';
import type { Rule } from './rule.js';

/** Found by the linter itself, among its own comments. */
export const UNKNOWN_SUPPRESSION: Rule = {
  code: 'ST0090',
  name: 'UnknownSuppression',
  title: 'a comment that silences a rule that does not exist',
  severity: 'warning',
  why: 'A slip of the pen in a code silences nothing.',
  help: 'seatrial lint --list names all codes',
  source: 'models/lint/suppression.ts',
  check: () => undefined,
};

const ISTIO_RULES: readonly Rule[] = [
  deprecatedField,
  destinationHost,
  namespaceNotInjected,
  podMissingProxy,
  misplacedAnnotation,
  unknownAnnotation,
  conflictingVirtualServices,
  conflictingSidecars,
  multipleSidecars,
  destinationPort,
  multipleServices,
  portName,
  multipleInjectionLabels,
  invalidAnnotation,
  authorizationWorkloads,
  serverCertificate,
  serverCertificateOfPort,
  unreachableRule,
  ineffectiveMatch,
  hostNotInGateway,
  serviceEntryAddresses,
  deprecatedAnnotation,
  alphaAnnotation,
  conflictingPorts,
  duplicateCertificate,
  ingressRoute,
  applicationUid,
  conflictingGateways,
  imageAuto,
  imageAutoOfWorkload,
  unknownRegistry,
  invalidCredential,
  namespaceEnabledByDefault,
  jwtClaimRoute,
  externalNamePort,
  relativeOperation,
  replaceOperation,
  addOperation,
  removeOperation,
  relativeOperationOfVersion,
  telemetryProvider,
  proxyImage,
  conflictingTelemetries,
  multipleTelemetries,
  gatewayPort,
  internalGateway,
  gatewayPolicySelector,
  ineffectiveSidecar,
  negativeCondition,
  subsetWithoutPods,
  unknownRuleHost,
  blockedRanges,
  serviceEntryProtocols,
  gatewaySelectsNothing,
  gatewayNotFound,
  destinationSubset,
  sidecarSelectsNothing,
  authorizationNamespaces,
  telemetrySelectsNothing,
  credentialNotFound,
];

export const RULES: readonly Rule[] = [...INPUT_RULES, UNKNOWN_SUPPRESSION, ...ISTIO_RULES, ...BEHAVIOUR_RULES].sort(
  (a, b) => (a.code < b.code ? -1 : 1),
);
