// Image pulls of one node: one at a time in the order in which they are asked for, unless the kubelet is told
// otherwise.
// Sources: k8s: pkg/kubelet/images/{image_manager,puller,helpers}.go, pkg/kubelet/apis/config/v1beta1/defaults.go,
// pkg/apis/core/v1/defaults.go (SetDefaults_Container).
// How large an image is and how fast the registry is nobody can read from YAML: both are for the driver to say.
import { TokenBucket } from '../../../sim/stations/token-bucket.js';
import { SECOND_NS } from '../units.js';

/** `imagePullPolicy`. */
export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/**
 * The policy where none is written: Always for the tag `latest` and for no tag, IfNotPresent for all else, digests
 * included.
 */
export function defaultPullPolicy(image: string): PullPolicy {
  if (image.includes('@')) return 'IfNotPresent';
  const [, tag] = /:([^:/]+)$/.exec(image) ?? [];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** How a node pulls. */
export interface PullRules {
  /** `serializeImagePulls`, true. */
  readonly serial: boolean;
  /** `registryPullQPS`, 5, and `registryBurst`, 10; null: no limit. */
  readonly limit: { readonly perSecond: number; readonly burst: number } | null;
  /** Bytes (compressed) a second, of all pulls of the node together in turn. */
  readonly bytesPerSecond: number;
  /** What a pull costs besides its bytes: the round trip to the registry. */
  readonly overheadNs: number;
}

/** The kubelet's defaults, and an estimate of a registry: 50 MB/s and 0.3 s. */
export const DEFAULT_PULL_RULES: PullRules = {
  serial: true,
  limit: { perSecond: 5, burst: 10 },
  bytesPerSecond: 50_000_000,
  overheadNs: 0.3 * SECOND_NS,
};

/** What becomes of a pull. */
export type PullAnswer =
  | { readonly kind: 'present' } // the image is there, and nobody asks the registry
  | { readonly kind: 'pulling'; readonly doneNs: number }
  /** The container waits under the back-off of image pulls, and asks again. */
  | { readonly kind: 'error'; readonly reason: 'ErrImageNeverPull' | 'pull QPS exceeded' };

/** The images of one node. Times must not go back. */
export class NodeImages {
  /** When each image is there. */
  private readonly presentNs = new Map<string, number>();
  private readonly bucket: TokenBucket | null;
  private freeNs = 0;

  /** @param present images that the node has from the start */
  constructor(
    private readonly rules: PullRules = DEFAULT_PULL_RULES,
    present: Iterable<string> = [],
  ) {
    for (const image of present) this.presentNs.set(image, -Infinity);
    this.bucket = rules.limit === null ? null : new TokenBucket(rules.limit.burst, rules.limit.perSecond);
  }

  /** A container wants its image. */
  pull(nowNs: number, image: string, policy: PullPolicy, bytes: number): PullAnswer {
    const isPresent = (this.presentNs.get(image) ?? Infinity) <= nowNs;
    if (isPresent && policy !== 'Always') return { kind: 'present' };
    if (policy === 'Never') return { kind: 'error', reason: 'ErrImageNeverPull' };
    if (this.bucket?.take(nowNs) === false) return { kind: 'error', reason: 'pull QPS exceeded' };
    const beginNs = this.rules.serial ? Math.max(nowNs, this.freeNs) : nowNs;
    const thereNs = this.presentNs.get(image) ?? Infinity;
    const loadNs = Math.round((bytes / this.rules.bytesPerSecond) * SECOND_NS);
    // Of two pulls of one image the second has nothing left to load: in turn it finds the image, side by side it ends
    // with the first.
    const doneNs =
      thereNs === Infinity
        ? beginNs + this.rules.overheadNs + loadNs
        : Math.max(beginNs + this.rules.overheadNs, thereNs);
    this.freeNs = doneNs;
    this.presentNs.set(image, Math.min(thereNs, doneNs));
    return { kind: 'pulling', doneNs };
  }
}
