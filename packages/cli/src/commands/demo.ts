import { join } from 'node:path';
import { AlphaError } from '@alpha-engine/core';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { demoSummary } from '../output/demo-summary.js';
import { stopSignal } from '../output/stop-signal.js';

export default class Demo extends AlphaCommand {
  static override summary = 'Trade five recorded minutes in three processes against a simulated GMO Coin.';
  static override description =
    'Exit status 7 means that an event was lost or that the books of engine and exchange differ.';
  static override examples = ['<%= config.bin %> demo', '<%= config.bin %> demo --json --keep'];
  static override flags = {
    speed: Flags.integer({ description: 'How many times faster than recorded.', default: 12, min: 1, max: 100 }),
    keep: Flags.boolean({ description: 'Keep bus and database afterwards, for `alpha orders --data-dir`.' }),
    'data-dir': Flags.string({ description: 'Folder to work in; it is kept.', defaultHelp: 'a temporary one' }),
  };

  async run() {
    const { flags } = await this.parse(Demo);
    const { runDemo } = await import('../services/demo.js');
    const { demoProgress } = await import('../output/demo-progress.js');
    const progress = demoProgress(this.jsonEnabled());
    const program = { command: process.execPath, args: [join(this.config.root, 'bin', 'run.js')] };
    const { speed, keep, 'data-dir': dataDir } = flags;
    const result = await runDemo(
      { program, speed, keep, ...(dataDir !== undefined && { dataDir }), onProgress: progress.show },
      stopSignal(),
    ).finally(progress.end);
    this.log(demoSummary(result));
    if (result.complete && result.reconciled) return result;
    // The result is the contract of --json, also when the run failed.
    if (this.jsonEnabled()) this.logJson(result);
    if (!result.complete) {
      const { sent, received, published, consumed } = result.events;
      throw new AlphaError(
        'EVENTS_LOST',
        `${sent} events were sent, ${received} received, ${published} published and ${consumed} consumed; they must be equal and above 0.`,
        { context: { events: result.events } },
      );
    }
    throw new AlphaError('BOOKS_DIFFER', `The books of engine and exchange differ: ${result.differences.join('; ')}.`, {
      context: { differences: result.differences },
    });
  }
}
