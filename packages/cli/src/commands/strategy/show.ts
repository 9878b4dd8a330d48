import { Args } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { table } from '../../output/table.js';

export default class StrategyShow extends AlphaCommand {
  static override summary = 'Describe one strategy and its parameters.';
  static override examples = [
    '<%= config.bin %> strategy show ma-cross',
    '<%= config.bin %> strategy show ./my-strategy.ts',
  ];
  static override args = {
    strategy: Args.string({ description: 'Built-in strategy, file or npm package.', required: true }),
  };

  async run() {
    const { args } = await this.parse(StrategyShow);
    const { showStrategy } = await import('../../services/strategies.js');
    const strategy = await showStrategy(args.strategy, process.cwd());
    this.log(`${strategy.name} (${strategy.origin}: ${strategy.location}), signs as ${strategy.label}`);
    if (strategy.description !== '') this.log(strategy.description);
    if (strategy.furtherTimeframes?.length) {
      const further = strategy.furtherTimeframes.map(
        ({ timeframe, warmup }) => `${timeframe} (warm-up ${warmup} bars)`,
      );
      this.log(`Beside the bars of --timeframe it reads, with its default parameters: ${further.join(', ')}.`);
    }
    this.log(
      table(
        ['parameter', 'type', 'default', 'limits'],
        strategy.params.map((param) => [param.name, param.type, param.default, param.limits]),
      ),
    );
    return strategy;
  }
}
