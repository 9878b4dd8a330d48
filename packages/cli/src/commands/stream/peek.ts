import { Args, Flags } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';

export default class StreamPeek extends AlphaCommand {
  static override summary = 'Print entries of a stream, oldest first, without taking them from anybody.';
  static override examples = [
    '<%= config.bin %> stream peek md:trade',
    '<%= config.bin %> stream peek signal:gmo --after 120 --limit 50 --json',
  ];
  static override args = { stream: Args.string({ description: 'For example md:trade.', required: true }) };
  static override flags = {
    after: Flags.string({ description: 'Begin behind the entry with this id.', defaultHelp: 'the first entry' }),
    limit: Flags.integer({ description: 'At most this many.', default: 10, min: 1, max: 10_000 }),
    ...settingFlags(['dataDir', 'logLevel']),
  };

  async run() {
    const { args, flags } = await this.parse(StreamPeek);
    const { config } = await this.settings(flags);
    const { peek } = await import('../../services/streams.js');
    const entries = await peek(config, { stream: args.stream, after: flags.after ?? null, limit: flags.limit });
    for (const { id, event } of entries) this.log(`${id} ${JSON.stringify(event)}`);
    return entries;
  }
}
