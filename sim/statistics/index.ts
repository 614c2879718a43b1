// Statistics of simulation output: what is recorded in a run (histogram, moments, time averages, series) and what is concluded.
export * from './batch-means.js';
export * from './confidence.js';
export * from './histogram.js';
export * from './holm.js';
export * from './mser.js';
export * from './paired.js';
export * from './proportion.js';
export * from './quantile-interval.js';
export * from './series.js';
export * from './sizing.js';
export * from './student.js';
export * from './time-weighted.js';
export * from './welford.js';
