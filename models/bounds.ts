// What one run takes in at most: above, the input is refused with its place instead of filling the memory. Bounds of YAML as a text stand here
// too. docs/cli.md has the table; bounds of single fields are those of Kubernetes, Istio or the Scenario's schema.

/** Pods of one workload; the Scenario's `replicas` have the same bound. */
export const PODS_OF_WORKLOAD_MAX = 10_000;
/** Pods of the whole mesh: clusters of 5,000 nodes hold up to 150,000 (kubernetes.io, large clusters). */
export const PODS_MAX = 150_000;
/** Worker threads of one proxy: the largest machines have fewer cores. */
export const PROXY_WORKERS_MAX = 1024;
/** Worker threads of the proxies of all pods of a workload: 10,000 pods with 40 each. */
export const PROXY_WORKERS_OF_WORKLOAD_MAX = 400_000;
/** Combinations of a workload and what is asked of it. */
export const HANDLERS_MAX = 20_000;
/** Services one behind the other. */
export const CALL_DEPTH_MAX = 500;
/** Times that the entries of a timeline begin, all together. */
export const TIMELINE_STARTS_MAX = 100_000;
/** Characters of one string: Kubernetes stores no object of more than 1.5 MiB (etcd, `--max-request-bytes`). */
export const STRING_LENGTH_MAX = 2 * 1024 * 1024;
/** Lists and maps inside one another; real manifests stay below 60. */
export const NESTING_MAX = 200;
/** Values that all aliases of one document may stand for. */
export const ALIAS_NODES_MAX = 100_000;
/** Bytes of all texts together; `--max-input` sets another. */
export const INPUT_BYTES_MAX = 256 * 1024 * 1024;
/** Events of a replication; `run.maxEvents` sets another. */
export const EVENTS_MAX = 200_000_000;
