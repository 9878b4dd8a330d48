import { Args, Flags } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';

export default class StreamTrim extends AlphaCommand {
  static override summary = 'Remove the oldest entries of a stream, but none that a group still needs.';
  static override examples = ['<%= config.bin %> stream trim md:trade --keep 100000'];
  static override args = { stream: Args.string({ description: 'For example md:trade.', required: true }) };
  static override flags = {
    keep: Flags.integer({ description: 'How many entries stay.', required: true, min: 0 }),
    ...settingFlags(['dataDir', 'logLevel']),
  };

  async run() {
    const { args, flags } = await this.parse(StreamTrim);
    const { config } = await this.settings(flags);
    const { trimStream } = await import('../../services/streams.js');
    const result = await trimStream(config, args.stream, flags.keep);
    this.log(`${result.removed} entries were removed from ${result.stream}; ${result.length} are left.`);
    return result;
  }
}
