import { AlphaCommand } from '../../alpha-command.js';
import { SETTING_KEYS } from '../../config/schema.js';
import { settingFlags } from '../../config/setting-flags.js';
import { table } from '../../output/table.js';

export default class ConfigShow extends AlphaCommand {
  static override summary = 'Show every setting, its value and where it comes from. Secrets print as ***.';
  static override examples = ['<%= config.bin %> config show', '<%= config.bin %> config show --json'];
  static override flags = settingFlags(SETTING_KEYS);

  async run() {
    const { flags } = await this.parse(ConfigShow);
    const loaded = await this.settings(flags);
    const { showConfig } = await import('../../services/show-config.js');
    const settings = showConfig(loaded);
    this.log(
      table(
        ['setting', 'value', 'source'],
        settings.map(({ path, value, source }) => [path, show(value), source]),
      ),
    );
    return settings;
  }
}

function show(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
