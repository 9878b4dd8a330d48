import { AlphaCommand } from '../../alpha-command.js';
import { table } from '../../output/table.js';

export default class StrategyList extends AlphaCommand {
  static override summary = 'List the built-in strategies.';
  static override examples = ['<%= config.bin %> strategy list'];

  async run() {
    await this.parse(StrategyList);
    const { listStrategies } = await import('../../services/strategies.js');
    const strategies = listStrategies();
    this.log(
      table(
        ['name', 'description'],
        strategies.map(({ name, description }) => [name, description]),
      ),
    );
    return strategies;
  }
}
