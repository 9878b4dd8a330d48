import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { AlphaCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';
import { stopSignal } from '../../output/stop-signal.js';

export default class DataDownload extends AlphaCommand {
  static override summary = 'Fetch the files of past trades that an exchange publishes.';
  static override description =
    'One file for each day, with its SHA-256 beside it. What is there is checked and kept, what was begun goes on. `alpha backtest --data <folder>` reads them. A day of GMO Coin begins at 21:00 UTC of the day before.';
  static override examples = [
    '<%= config.bin %> data download --symbol BTC --from 2025-07-01 --to 2025-08-01 --out btc',
  ];
  static override flags = {
    symbol: Flags.string({
      description: 'As the exchange writes it; may be repeated.',
      required: true,
      multiple: true,
      multipleNonGreedy: true,
    }),
    from: Flags.string({ description: 'From this time on; UTC without a zone.', required: true, helpValue: '<time>' }),
    to: Flags.string({ description: 'Up to, and without, this time.', required: true, helpValue: '<time>' }),
    out: Flags.string({ description: 'Folder to put the files in.', required: true, helpValue: '<folder>' }),
    ...settingFlags(['exchange', 'restBaseUrl']),
  };

  async run() {
    const { flags } = await this.parse(DataDownload);
    const { config } = await this.settings(flags);
    const { downloadTrades } = await import('../../services/download-trades.js');
    const files = await downloadTrades(config, {
      symbols: flags.symbol,
      from: flags.from,
      to: flags.to,
      folder: resolve(flags.out),
      signal: stopSignal(),
      onFile: ({ bytes, name, state }, done, of) => {
        const size = bytes === 0 ? '' : `, ${bytes} bytes`;
        this.log(`${done} of ${of}: ${name} ${WORDS[state]}${size}`);
      },
    });
    const missing = files.filter(({ bytes }) => bytes === 0).map(({ name }) => name);
    if (missing.length > 0) {
      const more = missing.length > 10 ? ', …' : '';
      this.log(
        `${missing.length} of ${files.length} files are missing, and the data have holes there: ${missing.slice(0, 10).join(', ')}${more}.`,
      );
    }
    return { folder: resolve(flags.out), files, missing };
  }
}

const WORDS = {
  fetched: 'fetched',
  kept: 'was there',
  absent: 'does not exist at the exchange',
  unfinished: 'is of a day that is not over or not published yet',
};
