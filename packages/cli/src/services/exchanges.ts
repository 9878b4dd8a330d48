import { AlphaError, type ExchangeAdapter, type ExchangeEndpoints } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';

/** The adapter of an exchange, loaded when asked for. */
export async function exchangeAdapter(name: string): Promise<ExchangeAdapter> {
  if (name === 'gmo') return (await import('@alpha-engine/gmo-adapter')).gmoAdapter;
  throw new AlphaError('UNKNOWN_EXCHANGE', `There is no adapter for the exchange "${name}". Known is: gmo.`, {
    context: { exchange: name },
  });
}

export function endpointsOf(config: Config): ExchangeEndpoints {
  const { wsPublicUrl, wsPrivateUrl, restBaseUrl } = config;
  return {
    ...(wsPublicUrl !== undefined && { wsPublicUrl }),
    ...(wsPrivateUrl !== undefined && { wsPrivateUrl }),
    ...(restBaseUrl !== undefined && { restBaseUrl }),
  };
}
