// The discrete-event kernel: it knows nothing of meshes, requests or YAML.
export { Calendar, MAX_TIME_NS } from './calendar.js';
export * from './distributions/index.js';
export { PHASE, type Phase } from './phases.js';
export { CallKeys, Draws } from './random/draws.js';
export { seedWords } from './random/seed.js';
export { componentStream } from './random/stream.js';
export { CountedPool } from './stations/counted-pool.js';
export { type BookedStation, FifoStation } from './stations/fifo.js';
export { QuotaFifo, QuotaThread } from './stations/fifo-quota.js';
export { ProcessorSharing, type ProcessorSharingOptions } from './stations/processor-sharing.js';
export { ADMITTED, type Admission, NO_JOB, QUEUED, REFUSED, type Station } from './stations/station.js';
export { TokenBucket } from './stations/token-bucket.js';
export * from './statistics/index.js';
