import { Args } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { whyText } from '../output/why-text.js';

export default class Why extends AlphaCommand {
  static override summary =
    'Explain an order: its verdict, its signal, the indicators, the bar and the trades behind it.';
  static override description =
    "The id may be that of the order or the beginning of it, the exchange's, or that of a signal, denied ones too.";
  static override examples = ['<%= config.bin %> why 0d1d6378', '<%= config.bin %> why 1201501249 --json'];
  static override args = { id: Args.string({ description: 'Id of an order or of a signal.', required: true }) };
  static override flags = settingFlags(['dataDir', 'logLevel']);

  async run() {
    const { args, flags } = await this.parse(Why);
    const { config } = await this.settings(flags);
    const { why } = await import('../services/why.js');
    const result = await why(config, args.id);
    this.log(whyText(result));
    return result;
  }
}
