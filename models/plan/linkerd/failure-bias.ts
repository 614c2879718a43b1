// Whether the balancer of Linkerd's proxies keeps away from endpoints that refuse, as annotations of a Service ask for it.
// linkerd.io: tasks/rate-limit-aware-load-balancing; linkerd: policy-controller/k8s/index/src/outbound/index.rs (parse_load_biaser_config).
import type { FailureBiasPlan } from '../contract/cluster-plan.js';
import type { Service } from '../registry/service.js';
import type { Findings } from '../terms/findings.js';
import { durationNs, wrong } from './annotations.js';

const PREFIX = 'balancer.alpha.linkerd.io/';
const SECOND_NS = 1_000_000_000;
const DEFAULT_PENALTY_NS = 5 * SECOND_NS;
const DEFAULT_MAX_RETRY_AFTER_NS = 300 * SECOND_NS;
const TRUE: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** Null where nobody asks for it. */
export function failureBias({ resource, linkerd }: Service, grpc: boolean, findings: Findings): FailureBiasPlan | null {
  const annotations = linkerd?.balancer ?? {};
  const name = `${PREFIX}penalize-failures`;
  const asked = annotations[name];
  if (linkerd === undefined || asked === undefined || FALSE.includes(asked)) return null;
  const from = { resource, annotations, at: linkerd.at };
  if (!TRUE.includes(asked)) {
    wrong(from, name, asked, findings, 'write "true"');
    return null;
  }
  return {
    penaltyNs: durationNs(from, `${PREFIX}load-biaser-penalty`, findings) || DEFAULT_PENALTY_NS,
    maxRetryAfterNs: durationNs(from, `${PREFIX}load-biaser-max-retry-after`, findings) || DEFAULT_MAX_RETRY_AFTER_NS,
    grpc,
  };
}
