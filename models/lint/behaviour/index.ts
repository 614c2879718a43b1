// The rules that look at behaviour: what is accepted, works, and surprises under load.
import type { Rule } from '../rule.js';
import { amplification } from './amplification.js';
import { balancerWithoutChoice } from './balancer-without-choice.js';
import { blindedAutoscaler } from './blinded-autoscaler.js';
import { blockingBudget, doubleBudget } from './blocking-budget.js';
import { budgetOverLimit } from './budget-over-limit.js';
import { codesWithoutCode } from './codes-without-code.js';
import { connectBeyondTry } from './connect-beyond-try.js';
import { connectionPerRequest } from './connection-per-request.js';
import { countedTwice } from './counted-twice.js';
import { delayedTimeout } from './delayed-timeout.js';
import { detectorWithoutEffect } from './detector-without-effect.js';
import { dilutedAutoscaler } from './diluted-autoscaler.js';
import { distributeWithoutWayOut } from './distribute-without-way-out.js';
import { doubleSlash } from './double-slash.js';
import { doubledLoad } from './doubled-load.js';
import { earlyPanic } from './early-panic.js';
import { ejectionBelowLocality } from './ejection-below-locality.js';
import { ejectsAll } from './ejects-all.js';
import { entriesNotMerged } from './entries-not-merged.js';
import { failoverWithoutDetection } from './failover-without-detection.js';
import { fewHashKeys } from './few-hash-keys.js';
import { foreignTlsInside } from './foreign-tls-inside.js';
import { grpcStatusNotRetried } from './grpc-status-not-retried.js';
import { hangingTry } from './hanging-try.js';
import { hostWithoutPort } from './host-without-port.js';
import { httpDenyOnTcp } from './http-deny-on-tcp.js';
import { http2ByConnection } from './http2-by-connection.js';
import { identityAtGateway } from './identity-at-gateway.js';
import { idleAutoscaler } from './idle-autoscaler.js';
import { idleBeyondServer } from './idle-beyond-server.js';
import { idleDeny } from './idle-deny.js';
import { ignoredConsecutiveErrors } from './ignored-consecutive-errors.js';
import { lateBurnRate } from './late-burn-rate.js';
import { lateDetection } from './late-detection.js';
import { loneEndpoint } from './lone-endpoint.js';
import { longerThanCaller } from './longer-than-caller.js';
import { portDropsBlocks, subsetDropsFields } from './lost-blocks.js';
import { lostProxyLimits } from './lost-proxy-limits.js';
import { neverEjects } from './never-ejects.js';
import { outlivesIssuer } from './outlives-issuer.js';
import { pendingLimit } from './pending-limit.js';
import { permissiveDeny } from './permissive-deny.js';
import { plainTextToStrict } from './plain-text-to-strict.js';
import { poolBelowNeed } from './pool-below-need.js';
import { preflightWithoutToken } from './preflight-without-token.js';
import { forBelowInterval, rangeBelowScrapes } from './prometheus-times.js';
import { proxyCpuBelowRate, proxyThreadsBelowRate } from './proxy-below-rate.js';
import { quantileOfEach, quantileWithoutBuckets } from './quantile-of-each.js';
import { recordedAfterUse, unknownRecording } from './recorded-after-use.js';
import { refusedExpression } from './refused-expression.js';
import { renewsNever } from './renews-never.js';
import { replicasBesideAutoscaler } from './replicas-beside-autoscaler.js';
import { requestsBelowConnections } from './requests-below-connections.js';
import { retriedFault } from './retried-fault.js';
import { retriedWrites } from './retried-writes.js';
import { retriesBeyondTimeout } from './retries-beyond-timeout.js';
import { servicePortInPolicy } from './service-port-in-policy.js';
import { shadowedAcross } from './shadowed-across.js';
import { sharedListenerCertificate } from './shared-listener-certificate.js';
import { shortGrace } from './short-grace.js';
import { timeoutBelowWork } from './timeout-below-work.js';
import { totalFault } from './total-fault.js';
import { tryAsLongAsCall } from './try-as-long-as-call.js';
import { unevenWeights } from './uneven-weights.js';
import { unmeshedCaller } from './unmeshed-caller.js';
import { unreadAuthorities } from './unread-authorities.js';
import { warmupWithoutEffect } from './warmup-without-effect.js';
import { waypointPassedBy } from './waypoint-passed-by.js';
import { weightToNobody } from './weight-to-nobody.js';
import { weightsBesideHash } from './weights-beside-hash.js';

export const BEHAVIOUR_RULES: readonly Rule[] = [
  retriesBeyondTimeout,
  tryAsLongAsCall,
  hangingTry,
  retriedWrites,
  retriedFault,
  longerThanCaller,
  amplification,
  codesWithoutCode,
  budgetOverLimit,
  delayedTimeout,
  timeoutBelowWork,
  connectBeyondTry,
  grpcStatusNotRetried,
  neverEjects,
  loneEndpoint,
  ejectsAll,
  lateDetection,
  failoverWithoutDetection,
  ignoredConsecutiveErrors,
  earlyPanic,
  balancerWithoutChoice,
  fewHashKeys,
  subsetDropsFields,
  portDropsBlocks,
  weightToNobody,
  unevenWeights,
  warmupWithoutEffect,
  detectorWithoutEffect,
  weightsBesideHash,
  ejectionBelowLocality,
  distributeWithoutWayOut,
  http2ByConnection,
  poolBelowNeed,
  pendingLimit,
  connectionPerRequest,
  idleBeyondServer,
  requestsBelowConnections,
  unmeshedCaller,
  outlivesIssuer,
  plainTextToStrict,
  foreignTlsInside,
  idleDeny,
  renewsNever,
  permissiveDeny,
  hostWithoutPort,
  httpDenyOnTcp,
  identityAtGateway,
  preflightWithoutToken,
  servicePortInPolicy,
  unreadAuthorities,
  blindedAutoscaler,
  proxyCpuBelowRate,
  proxyThreadsBelowRate,
  shortGrace,
  blockingBudget,
  lostProxyLimits,
  replicasBesideAutoscaler,
  idleAutoscaler,
  doubleBudget,
  dilutedAutoscaler,
  refusedExpression,
  countedTwice,
  quantileOfEach,
  quantileWithoutBuckets,
  lateBurnRate,
  recordedAfterUse,
  unknownRecording,
  forBelowInterval,
  rangeBelowScrapes,
  totalFault,
  doubledLoad,
  sharedListenerCertificate,
  doubleSlash,
  shadowedAcross,
  waypointPassedBy,
  entriesNotMerged,
];
