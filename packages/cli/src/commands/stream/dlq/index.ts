import { Args } from '@oclif/core';
import { AlphaCommand } from '../../../alpha-command.js';
import { settingFlags } from '../../../config/setting-flags.js';
import { table } from '../../../output/table.js';

export default class StreamDlq extends AlphaCommand {
  static override summary = 'List the entries that could not be decoded, with the reason.';
  static override examples = ['<%= config.bin %> stream dlq', '<%= config.bin %> stream dlq md:trade --json'];
  static override args = { stream: Args.string({ description: 'Only those of this stream.' }) };
  static override flags = settingFlags(['dataDir', 'logLevel']);

  async run() {
    const { args, flags } = await this.parse(StreamDlq);
    const { config } = await this.settings(flags);
    const { listLetters } = await import('../../../services/dead-letters.js');
    const letters = await listLetters(config, args.stream);
    const rows = letters.map((one) => [one.stream, one.entryId, one.time, one.group, one.reason]);
    this.log(
      letters.length === 0 ? 'There are no dead letters.' : table(['stream', 'entry', 'met', 'by', 'reason'], rows),
    );
    return letters;
  }
}
