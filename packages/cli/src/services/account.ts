import { AlphaError, type ExchangeAdapter, type ExchangeContext, type Instrument } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { SecretCredentials } from '../config/secret.js';

/** Throws `CONFIG_INVALID`. */
export function credentialsOf({ apiKey, apiSecret }: Config): SecretCredentials {
  if (apiKey !== undefined && apiSecret !== undefined) return new SecretCredentials(apiKey, apiSecret);
  throw new AlphaError(
    'CONFIG_INVALID',
    'An account of the exchange is needed: set API_KEY and API_SECRET in the environment. (For `alpha engine`: or leave --live out to trade on paper.)',
  );
}

/** Of the configured symbols. Throws `EXCHANGE_*` or `UNKNOWN_SYMBOL`. */
export async function instrumentsOf(
  adapter: ExchangeAdapter,
  symbols: readonly string[],
  context: ExchangeContext,
): Promise<readonly Instrument[]> {
  const all = await adapter.history(context).instruments();
  const known = all.map((instrument) => instrument.symbol).join(', ');
  const listed = all.length > 0 ? `It lists ${known}.` : 'It lists none at all at present: check REST_BASE_URL.';
  return symbols.map((symbol) => {
    const found = all.find((instrument) => instrument.symbol === symbol);
    if (found) return found;
    throw new AlphaError('UNKNOWN_SYMBOL', `${adapter.name} does not list the symbol "${symbol}". ${listed}`, {
      context: { symbol },
    });
  });
}
