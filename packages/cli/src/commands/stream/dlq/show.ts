import { Args } from '@oclif/core';
import { AlphaCommand } from '../../../alpha-command.js';
import { settingFlags } from '../../../config/setting-flags.js';

export default class StreamDlqShow extends AlphaCommand {
  static override summary = 'Show one entry that could not be decoded, to the last character.';
  static override examples = ['<%= config.bin %> stream dlq show md:trade 41'];
  static override args = {
    stream: Args.string({ description: 'The stream it came from.', required: true }),
    entry: Args.string({ description: 'Its id there, as `alpha stream dlq` lists it.', required: true }),
  };
  static override flags = settingFlags(['dataDir', 'logLevel']);

  async run() {
    const { args, flags } = await this.parse(StreamDlqShow);
    const { config } = await this.settings(flags);
    const { showLetter } = await import('../../../services/dead-letters.js');
    const letter = await showLetter(config, args.stream, args.entry);
    this.log(`Met by ${letter.group} at ${letter.time}: ${letter.reason}`);
    this.log(letter.text);
    return letter;
  }
}
