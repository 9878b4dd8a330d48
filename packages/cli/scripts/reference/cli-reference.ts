import { ERROR_CODES } from '@alpha-engine/core';
import type { Command } from '@oclif/core';
import Collect from '../../src/commands/collect.js';
import ConfigCheck from '../../src/commands/config/check.js';
import ConfigShow from '../../src/commands/config/show.js';
import Demo from '../../src/commands/demo.js';
import Engine from '../../src/commands/engine.js';
import Orders from '../../src/commands/orders.js';
import Positions from '../../src/commands/positions.js';
import SimGmo from '../../src/commands/sim/gmo.js';
import Status from '../../src/commands/status.js';
import StrategyList from '../../src/commands/strategy/list.js';
import StrategyShow from '../../src/commands/strategy/show.js';
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
  { id: 'strategy list', command: StrategyList, json: 'a list: `name`, `label`, `description`.' },
  {
    id: 'strategy show',
    command: StrategyShow,
    json: '`name`, `label`, `description`, `origin`, `location`, `codeHash`, `params` (`name`, `type`, `default`, `limits`).',
  },
  { id: 'config show', command: ConfigShow, json: 'a list: `path`, `value` (secrets are `***`), `source`, `env`.' },
  { id: 'config check', command: ConfigCheck, json: '`{"ok": true, "strategy": …}`.' },
];

export const documentedCommands: readonly string[] = ENTRIES.map(({ id }) => id);

/** `docs/cli.md`, from the commands and the error codes. */
export function cliReference(): string {
  return `# Command line

Written from the commands in \`packages/cli/src/commands\` by \`node packages/cli/scripts/write-docs.mjs\`; a test compares the two.

\`alpha <command> --help\` prints the same. Nothing ever asks a question. \`collect\`, \`engine\` and \`sim\` write their log to stdout
(coloured lines on a terminal, one JSON object a line otherwise or with \`--json\`) and run until SIGINT or SIGTERM, which ends them
in order with status 0; a second signal ends them at once. The other commands print their result on stdout and anything else on
stderr; with \`--json\` the result is one JSON value. Settings may come from flags, environment or a file: see
[configuration.md](configuration.md).

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
