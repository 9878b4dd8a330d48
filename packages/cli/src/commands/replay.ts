import { Flags } from '@oclif/core';
import { AlphaCommand } from '../alpha-command.js';
import { archiveFlags, archiveQuery } from '../config/archive-flags.js';
import { settingFlags } from '../config/setting-flags.js';
import { againstText, replayText } from '../output/replay-text.js';
import type { ReplayRequest } from '../services/replay.js';

export default class Replay extends AlphaCommand {
  static override summary =
    'Run a recorded session through the same strategy and executor again, and compare what comes out.';
  static override description =
    'Exit status 0 means identical; 9 (`REPLAY_DIFFERS`) that something came out otherwise: the first difference is shown with what led to it. Nothing is written, and no exchange is asked. docs/replay.md says what this proves.';
  static override examples = [
    '<%= config.bin %> replay --diff',
    '<%= config.bin %> replay --diff --from 2024-11-22T09:00 --to 2024-11-22T12:00 --json',
    '<%= config.bin %> replay --diff --param fast=5',
    '<%= config.bin %> replay --backtest',
    '<%= config.bin %> replay --backtest --data tape.jsonl.gz',
  ];
  static override flags = {
    diff: Flags.boolean({ description: 'Compare with the record; it is what a replay is for, and may be left out.' }),
    from: archiveFlags.from,
    to: archiveFlags.to,
    backtest: Flags.boolean({
      description:
        'Run the market that the session read through a back-test instead, and list by cause what came out otherwise; status 9 when a signal differs and no denial says why.',
      exclusive: ['diff', 'param', 'strategy'],
    }),
    data: Flags.string({
      description:
        'Recorded trades and books for --backtest in place of what the session read: the tape of the simulator, an archive; may be repeated, in order of time.',
      dependsOn: ['backtest'],
      helpValue: '<file>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    param: Flags.string({
      description: 'A parameter in place of the recorded one, `name=value`; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
    }),
    strategy: Flags.string({ description: 'A strategy in place of the recorded one: its file as it is now, say.' }),
    ...settingFlags(['exchange', 'partition', 'dataDir', 'archiveTo', 'archiveDir', 'logLevel']),
  };

  async run() {
    const { flags } = await this.parse(Replay);
    const { data, param, strategy } = flags;
    // Not as settings: what was recorded holds, whatever the environment says now.
    const { config } = await this.settings({ ...flags, data: undefined, param: undefined, strategy: undefined });
    const { assertIdentical, readParams, replay } = await import('../services/replay.js');
    const { from, to } = archiveQuery({ from: flags.from, to: flags.to });
    const request = {
      ...{ config, folder: process.cwd(), params: readParams(param ?? []) },
      ...(strategy !== undefined && { strategy }),
      ...(data !== undefined && { data }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    };
    if (flags.backtest === true) return this.#againstBacktest(request);
    const result = await replay(request);
    this.log(replayText(result));
    return this.checked(result, assertIdentical);
  }

  async #againstBacktest(request: ReplayRequest) {
    const { assertAgree, replayBacktest } = await import('../services/replay.js');
    const result = await replayBacktest(request);
    this.log(againstText(result));
    return this.checked(result, assertAgree);
  }
}
