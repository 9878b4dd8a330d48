import { Flags } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';
import { table } from '../../output/table.js';

export default class StreamLag extends AlphaCommand {
  static override summary = 'Tell how long the streams are, how far each group is behind, and how fast both move.';
  static override examples = ['<%= config.bin %> stream lag', '<%= config.bin %> stream lag --seconds 5 --json'];
  static override flags = {
    seconds: Flags.integer({
      description: 'How long to look, for the rates; 0 looks once.',
      default: 1,
      min: 0,
      max: 600,
    }),
    ...settingFlags(['dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(StreamLag);
    const { config } = await this.settings(flags);
    const { streamLag } = await import('../../services/streams.js');
    const streams = await streamLag(config, flags.seconds);
    const rows = streams.flatMap(({ stream, length, publishedPerSecond, groups }) => [
      [stream, length, publishedPerSecond, null, null, null, null, null],
      ...groups.map((one) => [
        null,
        null,
        null,
        one.group,
        one.lag,
        one.pending,
        one.oldestSeconds,
        one.consumedPerSecond,
      ]),
    ]);
    const head = ['stream', 'entries', 'in/s', 'group', 'behind', 'delivered', 'oldest (s)', 'out/s'];
    this.log(rows.length === 0 ? 'The bus has no stream yet.' : table(head, rows));
    return streams;
  }
}
