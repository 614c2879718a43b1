// Ctrl-C: the first one asks for an end with what is finished, the second leaves at once.
import { EXIT } from './exit-codes.js';

export async function untilInterrupted(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interruption = new AbortController();
  const onInterrupt = (): void => {
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await work(interruption.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
