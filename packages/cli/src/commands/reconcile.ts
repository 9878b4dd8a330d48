import { silentLogger } from '@alpha-engine/core';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { settingFlags } from '../config/setting-flags.js';
import { table } from '../output/table.js';

export default class Reconcile extends AlphaCommand {
  static override summary =
    'Compare orders, executions, positions and balances of the record with those of the exchange.';
  static override description =
    'Changes nothing unless --repair is given. The record says whether the account is on paper or live; a live one needs API_KEY and API_SECRET. Exit status 7 (`BOOKS_DIFFER`) means that something differs.';
  static override examples = [
    '<%= config.bin %> reconcile',
    'API_KEY=… API_SECRET=… <%= config.bin %> reconcile --json',
    '<%= config.bin %> reconcile --repair',
  ];
  static override flags = {
    repair: Flags.boolean({
      description:
        "Take over the exchange's view of what differs: by the engine that runs, else here, under the lock of the account. Sends no order.",
    }),
    ...settingFlags(['exchange', 'symbols', 'exclusive', 'restBaseUrl', 'wsPrivateUrl', 'dataDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(Reconcile);
    const { config } = await this.settings(flags);
    const { assertAgree, reconcile } = await import('../services/reconcile.js');
    const result = await reconcile({ config, repair: flags.repair === true, logger: silentLogger });
    const { openOrders, executions, positions, balances } = result.compared;
    this.log(`The ${result.account} account; engine: ${result.engine}. The exchange shows:`);
    this.log(
      table(['open orders', 'executions', 'positions', 'balances'], [[openOrders, executions, positions, balances]]),
    );
    const rows = (list: typeof result.differences) =>
      table(
        ['what differs', 'ours', "exchange's", 'what is done about it'],
        list.map(({ what, ours, theirs, repair }) => [what, ours, theirs, repair]),
      );
    if (result.repaired.length > 0) this.log(`Before:\n${rows(result.repaired)}`);
    if (result.differences.length > 0) this.log(rows(result.differences));
    for (const [symbol, reason] of Object.entries(result.halts))
      this.log(`Openings on ${symbol} are halted: ${reason}`);
    if (result.agree) this.log('The books agree with the exchange.');
    return this.checked(result, assertAgree);
  }
}
