import type { OrderKind } from '@alpha-engine/core';

/** Not on the list of symbols that take SOK; of SUI_JPY, which is younger than the list, nothing is known. */
const NO_POST_ONLY: ReadonlySet<string> = new Set(['ETH_JPY', 'BCH_JPY', 'LTC_JPY', 'XRP_JPY']);

/**
 * What may be placed on a symbol. Market orders and stops are FAK, limit orders whatever they like (that they may be FAK, the newer of
 * two descriptions says); only what rests can be changed.
 */
export function orderKinds(symbol: string): readonly OrderKind[] {
  const limits = (['gtc', 'ioc', 'fok', 'post_only'] as const).filter(
    (timeInForce) => timeInForce !== 'post_only' || !NO_POST_ONLY.has(symbol),
  );
  return (['open', 'close'] as const).flatMap((effect): OrderKind[] => [
    { type: 'market', timeInForce: 'ioc', effect, amend: false },
    { type: 'stop', timeInForce: 'ioc', effect, amend: true },
    ...limits.map((timeInForce) => ({
      type: 'limit' as const,
      timeInForce,
      effect,
      amend: timeInForce === 'gtc' || timeInForce === 'post_only',
    })),
  ]);
}
