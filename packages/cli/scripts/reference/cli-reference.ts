import { ERROR_CODES } from '@alpha-engine/core';
import type { Command } from '@oclif/core';
import Archive from '../../src/commands/archive.js';
import Backtest from '../../src/commands/backtest.js';
import Collect from '../../src/commands/collect.js';
import ConfigCheck from '../../src/commands/config/check.js';
import ConfigShow from '../../src/commands/config/show.js';
import DataDownload from '../../src/commands/data/download.js';
import DataExport from '../../src/commands/data/export.js';
import DataLs from '../../src/commands/data/ls.js';
import DataVerify from '../../src/commands/data/verify.js';
import DbMigrate from '../../src/commands/db/migrate.js';
import DbStatus from '../../src/commands/db/status.js';
import Demo from '../../src/commands/demo.js';
import Engine from '../../src/commands/engine.js';
import Flatten from '../../src/commands/flatten.js';
import Halt from '../../src/commands/halt.js';
import Latency from '../../src/commands/latency.js';
import Lookahead from '../../src/commands/lookahead.js';
import Optimize from '../../src/commands/optimize.js';
import Orders from '../../src/commands/orders.js';
import Positions from '../../src/commands/positions.js';
import Reconcile from '../../src/commands/reconcile.js';
import Reduce from '../../src/commands/reduce.js';
import Replay from '../../src/commands/replay.js';
import TradedReport from '../../src/commands/report.js';
import Resume from '../../src/commands/resume.js';
import SimGmo from '../../src/commands/sim/gmo.js';
import Status from '../../src/commands/status.js';
import StrategyList from '../../src/commands/strategy/list.js';
import StrategyShow from '../../src/commands/strategy/show.js';
import StreamDlq from '../../src/commands/stream/dlq/index.js';
import StreamDlqPutBack from '../../src/commands/stream/dlq/put-back.js';
import StreamDlqShow from '../../src/commands/stream/dlq/show.js';
import StreamGroups from '../../src/commands/stream/groups.js';
import StreamLag from '../../src/commands/stream/lag.js';
import StreamPeek from '../../src/commands/stream/peek.js';
import StreamTrim from '../../src/commands/stream/trim.js';
import Why from '../../src/commands/why.js';
import { table } from './config-reference.js';

interface Entry {
  readonly id: string;
  readonly command: Command.Class;
  /** What `--json` prints. */
  readonly json: string;
}

const ENTRIES: readonly Entry[] = [
  {
    id: 'demo',
    command: Demo,
    json: '`DemoResult`: `events` (`sent`, `received`, `published`, `consumed`), `bars`, `signals`, `denials`, `orders`, `fills`, `positions`, `realizedPnl`, `fees`, `equity`, `reconciled`, `differences`, `complete`, `tape`, `seconds`, `dataDir`.',
  },
  {
    id: 'collect',
    command: Collect,
    json: 'its log, one JSON object a line; the last is `{"msg":"collector stopped", "received", "published", "bySeries"}`.',
  },
  {
    id: 'engine',
    command: Engine,
    json: 'its log, one JSON object a line; the last is `{"msg":"engine stopped", "strategy", "stored", "positions", "equity", "realizedPnl", "fees", "reconciled", "differences"}`.',
  },
  {
    id: 'backtest',
    command: Backtest,
    json: '`strategies` (`label`, `name`, `params`, `symbols`, `codeHash`), `instruments` (the trading rules of each symbol), `timeframe`, `limits`, `bars`, `from`, `to`, `signals`, `metrics`, `byStrategy` and `bySymbol` (`name`, `profit`, …), `trades`, `openTrades`, `orders`, `denials`, `equity` (`day`, `equity`), `failures` (`time`, `instanceId`, `message`), `alarms`, `assumptions`, `data`, `report`, `tables`; docs/backtest.md defines the metrics.',
  },
  {
    id: 'latency',
    command: Latency,
    json: '`format`, `version`, `feed`, `order` and `answer` (`kind`: `quantiles` with `points` of share and milliseconds, or `constant` with `ms`), `measured` (`samples` and `negative`, by leg), `out`. What `--out` writes is the same without `out`.',
  },
  {
    id: 'lookahead',
    command: Lookahead,
    json: '`clean`, `strategy` (`name`, `params`, `codeHash`), `symbol`, `timeframe`, `bars`, `decisions`, `cuts`, `seed`, `findings` (`kind`, `cut`, `bar`, `was`, `is`), `warmup` (`declared`, `needed`, `most`, `points`, `difference`), `touches` (`what`, `file`, `where`, `time`, `count`, `allowed`), `failure`. docs/backtest.md, "Look-ahead", says what they mean.',
  },
  {
    id: 'optimize',
    command: Optimize,
    json: '`strategies`, `params`, `instruments`, `timeframe`, `bars`, `space`, `where`, `sampler`, `seed`, `objective`, `require`, `threads`, `seconds`, `trials`, `found`, `unmet`, `notAvailable`, `failed`, `failures` (`reason`, `message`, `count`, `first`), `refused`, `stopped`, `out`, `report`, `best` and `top` (`index`, `params`, `value`, `standing`, `unmet`, `metrics`), `overfit` (`bootstrap`, `randomEntries`, `deflatedSharpe`). With `--walk-forward`: `plan`, `windows` (`train`, `test`, `trials`, `inSample`, `outOfSample`), `inSample`, `outOfSample`, `metrics`, `value`, `equity`, `stopped` beside what was searched. docs/optimize.md defines them.',
  },
  {
    id: 'sim gmo',
    command: SimGmo,
    json: 'its log, one JSON object a line; `{"msg":"simulator ready", "restBaseUrl", "wsPublicUrl", "wsPrivateUrl", …}` comes first, `{"msg":"simulator stopped", …}` last.',
  },
  {
    id: 'status',
    command: Status,
    json: '`engine`, `records`, `counts`, `equity`, `positions`, `books` (`symbol`, `agreedAt`, `halted`), `brains`, `lag`.',
  },
  {
    id: 'orders',
    command: Orders,
    json: 'a list of orders: `time`, `clientOrderId`, `exchangeOrderId`, `symbol`, `side`, `type`, `size`, `status`, `filledSize`, `averagePrice`, `fees`, `realizedPnl`, `strategy`, `signal`, `signalId`, `bar`.',
  },
  {
    id: 'positions',
    command: Positions,
    json: 'a list of positions: `symbol`, `strategy`, `size`, `averagePrice`, `realizedPnl`, `fees`.',
  },
  {
    id: 'report',
    command: TradedReport,
    json: '`kind` (`paper` or `live`), `strategies`, `notes`, `bars`, `from`, `to`, `metrics`, `byStrategy`, `bySymbol`, `trades`, `openTrades`, `orders`, `denials`, `equity`, `failures`, `alarms`, `assumptions`, `data` as in `alpha backtest`, `report`.',
  },
  {
    id: 'replay',
    command: Replay,
    json: '`identical`, `brains` (`brain`, `firstBatch`, `lastBatch`, `fromTs`, `toTs`, `processes`, `inputs`, `complete`), `compared` (`bars`, `signals`, `verdicts`, `orderEvents`, `orders`, `fills`), `divergence` (null, or `brain`, `batch`, `ts`, `kind`, `what`, `difference`, `chain`), `notes`, `records`, `source`; also when something differs, and then the failure on stderr. With `--backtest`: `agree`, `bars`, `sameSignals`, `sameOutcomes`, `differences` (`signalId`, `symbol`, `action`, `ts`, `cause`, `session`, `backtest`), `causes`.',
  },
  {
    id: 'why',
    command: Why,
    json: '`orders` (as `alpha orders`, with `reason` and `steps`), `verdict` (`approved`, `code`, `message`, `inputs`, `time`), `signal`, `indicators`, `bar`, `entries` (`stream`, `firstId`, `lastId`, `count`, `firstSeq`, `lastSeq`, `exact`), `decided` (`brain`, `batch`, `time`, `read`).',
  },
  {
    id: 'halt',
    command: Halt,
    json: '`scope` (a symbol or `*`), `state`, `halts` (`cause`, `reason`), `closed` (empty).',
  },
  {
    id: 'reduce',
    command: Reduce,
    json: '`scope` (a symbol or `*`), `state`, `halts` (`cause`, `reason`), `closed` (empty).',
  },
  {
    id: 'resume',
    command: Resume,
    json: '`scope` (a symbol or `*`), `state`, `halts` (`cause`, `reason`), `closed` (empty).',
  },
  {
    id: 'flatten',
    command: Flatten,
    json: '`scope` (a symbol or `*`), `state`, `halts` (`cause`, `reason`), `closed` (`symbol`, `strategy`, `side`, `filledSize`, `averagePrice`, `status`).',
  },
  {
    id: 'reconcile',
    command: Reconcile,
    json: '`account` (`paper`, `live`), `engine`, `agree`, `compared` (`openOrders`, `executions`, `positions`, `balances`), `differences` (`subject`, `what`, `ours`, `theirs`, `message`, `repair`), `repaired`, `halts`.',
  },
  { id: 'strategy list', command: StrategyList, json: 'a list: `name`, `label`, `description`.' },
  {
    id: 'strategy show',
    command: StrategyShow,
    json: '`name`, `label`, `description`, `origin`, `location`, `codeHash`, `params` (`name`, `type`, `default`, `limits`).',
  },
  {
    id: 'archive',
    command: Archive,
    json: 'its log, one JSON object a line; the last is `{"msg":"archiver stopped", "read", "archived"}`.',
  },
  {
    id: 'data ls',
    command: DataLs,
    json: 'a list: `exchange`, `symbol`, `type`, `day`, `part`, `rows`, `firstSeq`, `lastSeq`, `first`, `last`, `file`, `bytes`.',
  },
  {
    id: 'data verify',
    command: DataVerify,
    json: '`archive`, `segments`, `rows`, `damaged` (`segment`, `problems`), `gaps` (`exchange`, `symbol`, `type`, `from`, `to`, `declared`).',
  },
  {
    id: 'data download',
    command: DataDownload,
    json: '`folder`, `files` (`name`, `symbol`, `state`, `bytes`, `sha256`).',
  },
  { id: 'data export', command: DataExport, json: '`events`, `format`, `out`.' },
  {
    id: 'stream lag',
    command: StreamLag,
    json: 'a list of streams: `stream`, `length`, `firstId`, `lastId`, `publishedPerSecond`, `groups` (`group`, `lag`, `pending`, `position`, `oldestSeconds`, `consumedPerSecond`).',
  },
  {
    id: 'stream groups',
    command: StreamGroups,
    json: 'a list: `group`, `streams`, `lag`, `pending`, `oldestSeconds`; with `--drop` `{"dropped": …}`.',
  },
  { id: 'stream peek', command: StreamPeek, json: 'a list: `stream`, `id`, `event`.' },
  { id: 'stream trim', command: StreamTrim, json: '`stream`, `removed`, `length`.' },
  {
    id: 'stream dlq',
    command: StreamDlq,
    json: 'a list: `stream`, `entryId`, `time`, `group`, `reason`, `text`.',
  },
  { id: 'stream dlq show', command: StreamDlqShow, json: 'one of that list.' },
  { id: 'stream dlq put-back', command: StreamDlqPutBack, json: '`stream`, `putBack`.' },
  {
    id: 'db status',
    command: DbStatus,
    json: '`location`, `server`, `readOnly`, `schema` (`version`, `known`, `pending`), `tables` (`table`, `rows`, `bytes`), `rawEvents` (`division`, `days`), `timescale`.',
  },
  { id: 'db migrate', command: DbMigrate, json: '`location`, `from`, `to`, `applied` (`version`, `name`).' },
  { id: 'config show', command: ConfigShow, json: 'a list: `path`, `value` (secrets are `***`), `source`, `env`.' },
  { id: 'config check', command: ConfigCheck, json: '`{"ok": true, "strategy": …}`.' },
];

export const documentedCommands: readonly string[] = ENTRIES.map(({ id }) => id);

/** `docs/cli.md`, from the commands and the error codes. */
export function cliReference(): string {
  return `# Command line

Written from the commands in \`packages/cli/src/commands\` by \`node packages/cli/scripts/write-docs.mjs\`; a test compares the two.

\`alpha <command> --help\` prints the same. Nothing ever asks a question. \`collect\`, \`engine\` and \`sim\` write their log to stdout
(coloured lines on a terminal, one JSON object a line otherwise or with \`--json\`; \`collect\` shows a live table on a terminal, and the lines with \`--log\`) and run until SIGINT or SIGTERM, which ends them
in order with status 0; a second signal ends them at once. The other commands print their result on stdout and anything else on
stderr; with \`--json\` the result is one JSON value. Settings may come from flags, environment or a file: see
[configuration.md](configuration.md).

A file that was named (\`--report\`, \`--tables\`, \`--out\` of \`data export\` and of \`latency\`) appears under its name when it is whole; until then, and
where it cannot be written, what was there stays. A link stays a link. A device or a pipe, such as \`/dev/stdout\`, is written to as it is.

## Failures

A failure is one sentence with its code on stderr; with \`--json\` one object, \`{"error": {"code", "message", "exit", "context"}}\`. The
stack is printed only with \`LOG_LEVEL=debug\`. What each code means is in [errors.md](errors.md).

${table(['exit status', 'codes'], exitStatuses())}

${ENTRIES.map(section).join('\n')}`;
}

function exitStatuses(): readonly (readonly string[])[] {
  const byExit = new Map<number, string[]>([[0, ['done, or stopped by a signal']]]);
  for (const [code, { exit }] of Object.entries(ERROR_CODES))
    byExit.set(exit, [...(byExit.get(exit) ?? []), `\`${code}\``]);
  return [...byExit].sort(([a], [b]) => a - b).map(([exit, codes]) => [String(exit), codes.join(', ')]);
}

function section({ id, command, json }: Entry): string {
  const args = Object.entries(command.args ?? {}).map(([name, arg]) => (arg.required ? ` <${name}>` : ` [${name}]`));
  const examples = (command.examples ?? []).map((example) => String(example).replaceAll('<%= config.bin %>', 'alpha'));
  const own = Object.entries(command.flags ?? {}).filter(([, flag]) => flag.helpGroup !== 'SETTINGS');
  const settings = Object.entries(command.flags ?? {}).filter(([, flag]) => flag.helpGroup === 'SETTINGS');
  return [
    `## alpha ${id}${args.join('')}`,
    '',
    `${command.summary}${command.description === undefined ? '' : ` ${command.description}`}`,
    '',
    ...(own.length === 0 ? [] : [table(['flag', 'default', 'meaning'], own.map(flagRow)), '']),
    ...(settings.length === 0 ? [] : [`Settings: ${settings.map(([name]) => `\`--${name}\``).join(' ')}.`, '']),
    `With \`--json\`: ${json}`,
    '',
    '```sh',
    ...examples,
    '```',
    '',
  ].join('\n');
}

function flagRow([name, flag]: [string, Command.Flag.Any]): readonly string[] {
  const {
    description = '',
    default: value,
    defaultHelp,
  } = flag as typeof flag & { default?: unknown; defaultHelp?: unknown };
  const shown = typeof defaultHelp === 'string' ? defaultHelp : value === undefined ? '' : `\`${String(value)}\``;
  return [`\`--${name}\``, shown, description];
}
