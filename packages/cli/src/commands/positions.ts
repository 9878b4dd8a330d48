import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { table } from '../output/table.js';

export default class Positions extends AlphaCommand {
  static override summary = 'List the positions by strategy and symbol, with what they earned.';
  static override examples = ['<%= config.bin %> positions', '<%= config.bin %> positions --json'];
  static override flags = settingFlags(['dataDir', 'logLevel']);

  async run() {
    const { flags } = await this.parse(Positions);
    const { config } = await this.settings(flags);
    const { listPositions } = await import('../services/records.js');
    const positions = await listPositions(config);
    this.log(
      positions.length === 0
        ? 'No positions yet.'
        : table(
            ['symbol', 'strategy', 'size', 'average price', 'realized PnL', 'fees'],
            positions.map((position) => [
              position.symbol,
              position.strategy,
              position.size,
              position.averagePrice,
              position.realizedPnl,
              position.fees,
            ]),
          ),
    );
    return positions;
  }
}
