import { Args, Flags } from '@oclif/core';
import { AlphaCommand } from '../../../alpha-command.js';
import { settingFlags } from '../../../config/setting-flags.js';

export default class StreamDlqPutBack extends AlphaCommand {
  static override summary = 'Append entries that could not be decoded to their stream again, as they were.';
  static override description =
    'For after an update that can read them. What still cannot be decoded comes back to the dead letters. Market data put back late is archived; it changes no decision any more.';
  static override examples = [
    '<%= config.bin %> stream dlq put-back md:trade --entry 41 --entry 42',
    '<%= config.bin %> stream dlq put-back md:trade --all',
  ];
  static override args = { stream: Args.string({ description: 'The stream they came from.', required: true }) };
  static override flags = {
    entry: Flags.string({
      description: 'Id of an entry; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      exactlyOne: ['entry', 'all'],
    }),
    all: Flags.boolean({ description: 'All of the stream.' }),
    ...settingFlags(['dataDir', 'logLevel']),
  };

  async run() {
    const { args, flags } = await this.parse(StreamDlqPutBack);
    const { config } = await this.settings(flags);
    const { putBackLetters } = await import('../../../services/dead-letters.js');
    const result = await putBackLetters(config, args.stream, flags.entry ?? 'all');
    this.log(`${result.putBack} entries were put back on ${result.stream}.`);
    return result;
  }
}
