import { MARKET_STREAMS } from '@alpha-engine/core';
import { EXCHANGE } from '../market.js';
import { type Aftermath, type CheckResult, Problems } from './check.js';
import { SeriesFollower } from './series-follower.js';

const PAGE = 5000;

/** Every number of every series stands on the bus once, in order; the trades are those of the tape. */
export async function busComplete(aftermath: Aftermath): Promise<CheckResult> {
  const { bus, exchange, isBlinded } = aftermath;
  const problems = new Problems();
  const follower = await SeriesFollower.open(aftermath, problems, 'bus');
  for (const stream of [...MARKET_STREAMS, `signal:${EXCHANGE}`, `order:${EXCHANGE}`]) {
    for (let after: string | null = null; ; ) {
      const page = await bus.range(stream, after, PAGE);
      for (const { event } of page) follower.follow(event);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.id;
    }
  }
  follower.end();
  const frames = Object.values(exchange.frames).flatMap((bySymbol) => Object.values(bySymbol));
  const sent = frames.reduce((sum, count) => sum + count, 0) + exchange.repeats;
  const marketData = [...follower.counts].filter(([key]) => /^md:(trade|orderbook|ticker)/.test(key));
  const onBus = marketData.reduce((sum, [, count]) => sum + count, 0);
  problems.expect(
    onBus === sent || isBlinded,
    () => `The exchange sent ${sent} market events; ${onBus} are on the bus.`,
  );
  const { backfilled, missingTrades, dropped, losses } = follower;
  const blinded = `; ${backfilled} trades backfilled, ${missingTrades} missing and ${dropped} events dropped, as ${losses.count} status events say`;
  return {
    check: 'every seq on the bus, trades as on the tape',
    problems: problems.list,
    figures: `${follower.total} events in ${follower.counts.size} series${isBlinded ? blinded : ''}`,
  };
}
