import { Flags } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';
import { table } from '../../output/table.js';

export default class StreamGroups extends AlphaCommand {
  static override summary = 'List the groups that read the bus, or forget one that nobody reads for any more.';
  static override description =
    'A group that was left holds up trimming: its `oldest` grows without end. What is dropped begins anew when it subscribes again. Whoever still reads in it ends with BUS_GROUP_TAKEN (exit status 6): stop that process first.';
  static override examples = ['<%= config.bin %> stream groups', '<%= config.bin %> stream groups --drop old-alarms'];
  static override flags = {
    drop: Flags.string({ description: 'Forget this group and its places. Nobody may read in it.' }),
    ...settingFlags(['dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(StreamGroups);
    const { config } = await this.settings(flags);
    const { dropGroup, listGroups } = await import('../../services/streams.js');
    if (flags.drop !== undefined) {
      const result = await dropGroup(config, flags.drop);
      this.log(`The group ${result.dropped} was forgotten.`);
      return result;
    }
    const groups = await listGroups(config);
    const rows = groups.map((one) => [one.group, one.streams.join(' '), one.lag, one.pending, one.oldestSeconds]);
    this.log(
      groups.length === 0
        ? 'Nobody reads yet.'
        : table(['group', 'streams', 'behind', 'delivered', 'oldest (s)'], rows),
    );
    return groups;
  }
}
