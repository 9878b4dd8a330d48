import type { ControlEvent } from '../events/control.js';
import type { Difference } from '../execution/compare-books.js';
import { ExecutionBrain, type ExecutionBrainOptions } from './execution-brain.js';

/**
 * Makes the books agree with the exchange where no engine runs: what the exchange proves is booked, what `word` accepts is taken
 * over, and nothing is sent. The caller owns the brain and the account. Answers what still differs; null when the exchange could not be read.
 */
export async function reconcileAccount(
  options: ExecutionBrainOptions,
  word: ControlEvent,
): Promise<readonly Difference[] | null> {
  const brain = await ExecutionBrain.open(options);
  return brain.reconcile(word);
}
