// A component's own random stream: for what no call owns, such as where a round robin starts or the phase of a sweep. Keyed by name, so
// that a component which is added, removed or asked more often does not disturb the draws of another.
import { seedWords } from './seed.js';
import { Sfc32 } from './sfc32.js';

/** The stream of the component `name` (any text, unique within a run) under the run's `seed` (any text). */
export function componentStream(seed: string, name: string): Sfc32 {
  // The length in front keeps ('ab', 'c') apart from ('a', 'bc').
  const words = seedWords(`component ${seed.length} ${seed} ${name}`, 3);
  return new Sfc32(words[0], words[1], words[2]);
}
