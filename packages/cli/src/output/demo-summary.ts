import type { DemoResult } from '../services/demo.js';
import { table } from './table.js';

/** What happened, for people. */
export function demoSummary(result: DemoResult): string {
  const { events, tape } = result;
  const open = result.positions.filter(({ size }) => Number(size) !== 0);
  const positions = open.map(({ symbol, strategy, size }) => `${symbol} ${size} (${strategy})`);
  const kept = result.dataDir === null ? [] : [`Records: alpha orders --data-dir ${result.dataDir}`];
  return [
    table(
      ['what', 'how many'],
      [
        ['events sent by the exchange', events.sent],
        ['events received by the collector', events.received],
        ['events published on the bus', events.published],
        ['events consumed by the engine', events.consumed],
        ['bars', result.bars],
        ['signals', result.signals],
        ['denials', result.denials],
        ['orders', result.orders],
        ['fills', result.fills],
        ['position', positions.join(', ') || 'flat'],
        ['realized PnL (JPY)', result.realizedPnl],
        ['fees (JPY)', result.fees],
        ['equity (JPY)', result.equity],
        ['books equal the exchange’s', result.reconciled ? 'yes' : 'NO'],
      ],
    ),
    `Three processes, ${result.seconds} s. The account and its orders are simulated; the market is a recording:`,
    `${tape.origin}. ${tape.conversion}. Licence: ${tape.licence}.`,
    ...kept,
  ].join('\n');
}
