import { Flags } from '@oclif/core';
import { ProcessCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { stopSignal } from '../output/stop-signal.js';

export default class Collect extends ProcessCommand {
  static override summary = 'Read market data of an exchange and put every event on the bus.';
  static override description =
    'Runs until it is stopped (SIGINT or SIGTERM: in order; twice: at once). On a terminal it shows a live table, otherwise its log lines on stdout; the last line is the report.';
  static override examples = [
    '<%= config.bin %> collect',
    '<%= config.bin %> collect --symbols BTC,BTC_JPY',
    '<%= config.bin %> collect --symbols BTC_JPY,all',
  ];
  static override flags = {
    log: Flags.boolean({ description: 'Print the log lines on a terminal, too, instead of the live table.' }),
    ...settingFlags([
      'exchange',
      'symbols',
      'wsPublicUrl',
      'restBaseUrl',
      'silenceLimits',
      'maxClockSkewMs',
      'partition',
      'metricsPort',
      'metricsHost',
      'spoolMaxMb',
      'dataDir',
      'logLevel',
    ]),
  };

  async run() {
    const { flags } = await this.parse(Collect);
    const { config } = await this.settings(flags);
    const signal = stopSignal();
    const logger = await this.logger(config.logLevel);
    const { collect } = await import('../services/collect.js');
    const hasTable = process.stdout.isTTY && process.env.TERM !== 'dumb' && !flags.log && !this.jsonEnabled();
    if (!hasTable) return this.served(logger, collect({ config, logger }, signal));
    const { LiveCollector } = await import('../output/live-collector.js');
    const live = new LiveCollector({ exchange: config.exchange, logger, level: config.logLevel }, signal);
    const collecting = collect({ config, logger: live.logger, look: live.look }, signal);
    return this.served(
      logger,
      collecting.finally(() => live.close()),
    );
  }
}
