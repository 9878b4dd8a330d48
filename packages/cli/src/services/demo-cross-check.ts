import { type Credentials, Decimal, silentLogger } from '@alpha-engine/core';
import type { EngineReport } from '@alpha-engine/core/process';
import { gmoAdapter } from '@alpha-engine/gmo-adapter';
import type { LogLine } from './demo-child.js';
import { wallClock } from './wall-clock.js';

/**
 * Reads fills, lots and balances from the exchange itself, past the engine, and says where the engine's report differs: the
 * proof that the books are not only equal in the engine's own eyes.
 */
export async function differencesFromExchange(
  exchange: LogLine,
  credentials: Credentials,
  symbols: readonly string[],
  report: EngineReport,
): Promise<readonly string[]> {
  const endpoints = { restBaseUrl: String(exchange.restBaseUrl), wsPublicUrl: String(exchange.wsPublicUrl) };
  const context = { endpoints, logger: silentLogger, marketClock: wallClock, wallClock };
  const broker = gmoAdapter.broker(context, credentials);
  const instruments = await gmoAdapter.history(context).instruments();
  const balances = await broker.balances();
  const found: string[] = [];
  let fills = 0;
  for (const symbol of symbols) {
    fills += (await broker.fillsSince(symbol, 0)).length;
    const instrument = instruments.find((known) => known.symbol === symbol);
    const lots = (await broker.positions(symbol)).map(({ side, size }) => (side === 'buy' ? size : size.times(-1)));
    const coins = balances.find(({ asset }) => asset === instrument?.base)?.total ?? Decimal.zero;
    const theirs = instrument?.kind === 'leverage' ? Decimal.sum(lots) : coins;
    const ours = Decimal.sum(report.positions.filter((position) => position.symbol === symbol).map(({ size }) => size));
    if (!ours.eq(theirs)) found.push(`${symbol}: the engine holds ${ours}, the exchange says ${theirs}`);
  }
  if (fills !== report.stored.fills) found.push(`fills: the engine has ${report.stored.fills}, the exchange ${fills}`);
  return found;
}
