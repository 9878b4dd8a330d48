import { Flags } from '@oclif/core';
import { AlphaCommand } from './alpha-command.js';
import { settingFlags } from './config/setting-flags.js';
import { table } from './output/table.js';
import type { ControlAnswer, ControlRequest } from './services/control.js';

export const CONTROL_FLAGS = {
  symbol: Flags.string({ description: 'Only this symbol; absent: the whole account.' }),
  reason: Flags.string({ description: 'Why; it stands in every denial that follows.', default: 'By hand.' }),
  timeout: Flags.integer({ description: 'Seconds to wait for the engine.', min: 1, default: 15 }),
  ...settingFlags(['exchange', 'dataDir', 'logLevel']),
};

/** What the commands share that give a running engine an order. */
export abstract class ControlCommand extends AlphaCommand {
  protected async give(action: ControlRequest['action'], flags: Given) {
    const { symbol, reason, timeout, yes, ...settings } = flags;
    const { config } = await this.settings(settings);
    const { control } = await import('./services/control.js');
    const request = { action, reason, timeoutMs: timeout * 1000, ...(symbol !== undefined && { symbol }) };
    const answer = await control(config, request);
    this.tell(answer);
    return answer;
  }

  private tell({ closed, halts, scope, state }: ControlAnswer): void {
    if (closed.length > 0) {
      const rows = closed.map((part) => [
        part.symbol,
        part.strategy,
        part.side,
        part.filledSize,
        part.averagePrice,
        part.status,
      ]);
      this.log(table(['symbol', 'strategy', 'side', 'closed', 'price', 'status'], rows));
    }
    this.log(`${scope === '*' ? 'The account' : scope} is ${state}.`);
    for (const { cause, reason } of halts) this.log(`  ${cause}: ${reason}`);
  }
}

interface Given {
  readonly symbol: string | undefined;
  readonly reason: string;
  readonly timeout: number;
  readonly yes?: boolean;
}
