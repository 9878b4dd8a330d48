import { Flags } from '@oclif/core';
import { ProcessCommand } from '../alpha-command.js';
import { LIMIT_SETTINGS } from '../config/limit-settings.js';
import { settingFlags } from '../config/setting-flags.js';
import { stopSignal } from '../output/stop-signal.js';

export default class Engine extends ProcessCommand {
  static override summary =
    'Run a strategy on the events of the bus and trade its signals, on paper unless --live is given.';
  static override description =
    'Runs until it is stopped (SIGINT or SIGTERM: in order; twice: at once). Logs go to stdout; the last line is the report.';
  static override examples = [
    '<%= config.bin %> engine --strategy ma-cross',
    '<%= config.bin %> engine --strategy ./my-strategy.ts --param fast=5 --timeframe 1m',
    'API_KEY=… API_SECRET=… <%= config.bin %> engine --strategy ma-cross --live',
  ];
  static override flags = {
    live: Flags.boolean({
      description: 'Send real orders to the exchange. Needs API_KEY and API_SECRET. No setting can switch this on.',
    }),
    standby: Flags.boolean({
      description:
        'Wait while another engine uses the data folder, and take over when it ends. With DATABASE_URL that is so without being said.',
    }),
    ...settingFlags([
      'exchange',
      'symbols',
      'strategy',
      'strategyParams',
      'timeframe',
      'engineName',
      'enableStrategy',
      'enableExecution',
      'orderSize',
      'sizing',
      'sizingPct',
      'sizeByConfidence',
      'orderPolicy',
      'exitPolicy',
      'orderTimeoutMs',
      'orderReprices',
      'orderLastly',
      'stopLossPct',
      'takeProfitPct',
      'trailPct',
      'capital',
      ...LIMIT_SETTINGS,
      'maxExchangeErrors',
      'maxSignalAgeMs',
      'maxDataAgeMs',
      'inDoubtHorizonMs',
      'exclusive',
      'maxClockSkewMs',
      'paperBalances',
      'paperFill',
      'paperQueue',
      'paperSlippagePct',
      'paperLatency',
      'wsPublicUrl',
      'wsPrivateUrl',
      'restBaseUrl',
      'partition',
      'inputRetentionDays',
      'equityDetailDays',
      'logRetentionDays',
      'metricsPort',
      'metricsHost',
      'dataDir',
      'logLevel',
    ]),
  };

  async run() {
    const { flags } = await this.parse(Engine);
    const { config } = await this.settings(flags);
    const signal = stopSignal();
    const logger = await this.logger(config.logLevel);
    const { serveEngine } = await import('../services/engine.js');
    const request = {
      config,
      live: flags.live === true,
      standby: flags.standby === true,
      folder: process.cwd(),
      logger,
    };
    return this.served(logger, serveEngine(request, signal));
  }
}
