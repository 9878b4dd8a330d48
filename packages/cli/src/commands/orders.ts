import { ORDER_STATUSES, type OrderStatus } from '@alpha-engine/core';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { table } from '../output/table.js';

export default class Orders extends AlphaCommand {
  static override summary = 'List the orders of the record, oldest first.';
  static override examples = ['<%= config.bin %> orders', '<%= config.bin %> orders --status FILLED --limit 20 --json'];
  static override flags = {
    symbol: Flags.string({ description: 'Only this symbol.' }),
    status: Flags.string({
      description: 'Only orders in this state; may be repeated.',
      options: [...ORDER_STATUSES],
      multiple: true,
      multipleNonGreedy: true,
    }),
    limit: Flags.integer({ description: 'At most this many, the newest.', min: 1, default: 100 }),
    ...settingFlags(['dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(Orders);
    const { config } = await this.settings(flags);
    const { listOrders } = await import('../services/records.js');
    const orders = await listOrders(config, {
      limit: flags.limit,
      ...(flags.symbol !== undefined && { symbol: flags.symbol }),
      ...(flags.status !== undefined && { statuses: flags.status as OrderStatus[] }),
    });
    this.log(
      orders.length === 0
        ? 'No orders yet.'
        : table(
            ['time', 'symbol', 'side', 'size', 'type', 'status', 'filled', 'price', 'PnL', 'signal', 'order'],
            orders.map((order) => [
              order.time,
              order.symbol,
              order.side,
              order.size,
              order.type,
              order.status,
              order.filledSize,
              order.averagePrice,
              order.realizedPnl,
              order.signal,
              order.clientOrderId,
            ]),
          ),
    );
    return orders;
  }
}
