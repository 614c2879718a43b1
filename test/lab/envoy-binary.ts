// The Envoy that the live tests run, if there is one.
import { findEnvoy, NO_ENVOY } from '../../lab/envoy.js';

export const ENVOY = findEnvoy();
/** For the name of a test that is skipped. */
export const WHY_SKIPPED = ENVOY === null ? ` (skipped: ${NO_ENVOY.split('\n')[0]})` : '';
