import { Decimal } from '../../decimal/decimal.js';
import type { Check, Prices, ProtectiveLevels } from '../check.js';

/** A stop that is reached before the position is open, or a target that loses, would close at once what is just opened. */
export const protection: Check = {
  code: 'protection',
  applies: 'openings',
  review({ protection: asked }, { prices }) {
    if (asked === undefined) return { inputs: {} };
    const { entry, side, stop, target } = asked;
    const inputs = { entry, stop, target, bid: prices?.bid ?? null, ask: prices?.ask ?? null };
    const denied = stopProblem(asked, prices) ?? targetProblem(side, entry, target);
    return denied === null ? { inputs } : { inputs, denied };
  },
};

function stopProblem({ side, entry, stop }: ProtectiveLevels, prices: Prices | null): string | null {
  if (stop === null) return null;
  if (!stop.isPositive()) return `The stop at ${stop} is not above zero.`;
  // What closing the position would get at once: the spread is lost already.
  const closing = (side === 'buy' ? prices?.bid : prices?.ask) ?? entry;
  const bound = side === 'buy' ? Decimal.min(entry, closing) : Decimal.max(entry, closing);
  if (side === 'buy' ? stop.lt(bound) : stop.gt(bound)) return null;
  const [held, where] = side === 'buy' ? ['long', 'below'] : ['short', 'above'];
  return `The stop of a ${held} position at ${stop} is not ${where} ${bound}, so it would be closed at once.`;
}

function targetProblem(side: 'buy' | 'sell', entry: Decimal, target: Decimal | null): string | null {
  if (target === null) return null;
  if (!target.isPositive()) return `The target at ${target} is not above zero.`;
  if (side === 'buy' ? target.gt(entry) : target.lt(entry)) return null;
  const [held, where] = side === 'buy' ? ['long', 'above'] : ['short', 'below'];
  return `The target of a ${held} position at ${target} is not ${where} the price ${entry} it would be entered at.`;
}
