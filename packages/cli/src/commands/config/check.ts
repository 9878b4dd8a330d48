import { AlphaCommand } from '../../alpha-command.js';
import { SETTING_KEYS } from '../../config/schema.js';
import { settingFlags } from '../../config/setting-flags.js';

export default class ConfigCheck extends AlphaCommand {
  static override summary =
    'Check the configuration, the strategy and its parameters; every problem is listed at once.';
  static override examples = [
    '<%= config.bin %> config check',
    '<%= config.bin %> config check --strategy ./my-strategy.ts',
  ];
  static override flags = settingFlags(SETTING_KEYS);

  async run() {
    const { flags } = await this.parse(ConfigCheck);
    const { config } = await this.settings(flags);
    const { checkConfig } = await import('../../services/show-config.js');
    const result = await checkConfig(config, process.cwd());
    this.log(
      result.strategy === null
        ? 'The configuration is right.'
        : `The configuration is right, and so is strategy ${result.strategy}.`,
    );
    return result;
  }
}
