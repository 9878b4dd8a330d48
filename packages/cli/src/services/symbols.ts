import { AlphaError, type MarketHistory } from '@alpha-engine/core';

const ALL = 'all';

/** What `SYMBOLS` means: `all` stands for every symbol that the exchange lists and that is not named. Throws the `EXCHANGE_*` errors. */
export async function symbolsOf(
  configured: readonly string[],
  history: Pick<MarketHistory, 'instruments'>,
): Promise<readonly string[]> {
  if (!configured.includes(ALL)) return configured;
  const listed = (await history.instruments()).map(({ symbol }) => symbol);
  return [...new Set(configured.flatMap((symbol) => (symbol === ALL ? listed : [symbol])))];
}

/** For those who keep books, limits or files by symbol: throws `CONFIG_INVALID` unless each is named. */
export function assertNamed(symbols: readonly string[], who: string): void {
  if (!symbols.includes(ALL)) return;
  const text = `SYMBOLS is ${symbols.join(',')}: "${ALL}" is for \`alpha collect\`. ${who} Name the symbols.`;
  throw new AlphaError('CONFIG_INVALID', text, { context: { symbols } });
}
