import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { table } from '../output/table.js';

export default class Status extends AlphaCommand {
  static override summary = 'Tell what the engine has done so far: counts, equity, positions, and how far it has read.';
  static override examples = ['<%= config.bin %> status', '<%= config.bin %> status --json'];
  static override flags = settingFlags(['dataDir', 'logLevel']);

  async run() {
    const { flags } = await this.parse(Status);
    const { config } = await this.settings(flags);
    const { status } = await import('../services/status.js');
    const result = await status(config);
    const { bars, signals, denials, orders, fills } = result.counts;
    // On a server the owners say it, below.
    const engine = result.engine === 'unknown' ? '' : `Engine: ${result.engine}. `;
    this.log(`${engine}Data: ${result.records}.`);
    this.log(table(['bars', 'signals', 'denials', 'orders', 'fills'], [[bars, signals, denials, orders, fills]]));
    if (result.equity !== null) {
      const { equity, realizedPnl, unrealizedPnl, fees } = result.equity;
      this.log(
        table(['equity', 'realized PnL', 'unrealized PnL', 'fees'], [[equity, realizedPnl, unrealizedPnl, fees]]),
      );
    }
    if (result.brains.some(({ owner, standbys }) => owner !== null || standbys.length > 0)) {
      const brains = result.brains.map(({ brain, owner, standbys }) => [brain, owner, standbys.join(', ') || null]);
      this.log(table(['brain', 'runs on (host/process)', 'standbys'], brains));
    }
    const books = result.books.map(({ symbol, agreedAt, trading, halted }) => [symbol, agreedAt, trading, halted]);
    this.log(table(['symbol', 'books agreed with the exchange at', 'trading', 'why'], books));
    const lag = result.lag.map(({ group, stream, lag }) => [group, stream, lag]);
    this.log(result.busFailure === null ? table(['reader', 'stream', 'behind'], lag) : `Lag: ${result.busFailure}`);
    return result;
  }
}
