import { configSchema, SETTING_KEYS, type SettingKey, settingInfo } from '../../src/config/schema.js';

/** `docs/configuration.md`, from the schema. */
export function configReference(): string {
  return `# Configuration

Written from \`packages/cli/src/config/schema.ts\` by \`node packages/cli/scripts/write-docs.mjs\`; a test compares the two.

A value is taken from the first of these that has it: a flag, an environment variable, the file \`alpha.config.ts\` or
\`alpha.config.json\` in the working folder, the default. An empty environment variable counts as unset. \`alpha config show\`
prints what is in force and where each value comes from; \`alpha config check\` lists every problem at once.

Secrets (\`API_KEY\`, \`API_SECRET\`, \`DATABASE_URL\`, \`REDIS_URL\`, \`METRICS_TOKEN\`) have no flag, because a process list would show it, and print as \`***\`
everywhere. Sending real orders is no setting either: only the flag \`--live\` of \`alpha engine\` does that.

${table(['setting (file)', 'environment', 'flag', 'type', 'default', 'meaning'], SETTING_KEYS.map(row))}

A file holds the settings by their names in the first column:

\`\`\`ts
// alpha.config.ts
export default {
  symbols: ['BTC', 'BTC_JPY'],
  strategy: 'ma-cross',
  strategyParams: { fast: 5, slow: 20 },
  timeframe: '5m',
  orderSize: '0.01',
};
\`\`\`

TypeScript works in a folder without packages, on every supported version of Node.
`;
}

function row(key: SettingKey): readonly string[] {
  const { env, flag, type, description, defaultText } = settingInfo(key);
  const switched = type === 'true / false' ? `--[no-]${flag}` : `--${flag}`;
  return [
    `\`${key}\``,
    `\`${env}\``,
    flag === undefined ? '' : `\`${switched}\``,
    type,
    defaultText ?? shownDefault(key),
    description,
  ];
}

function shownDefault(key: SettingKey): string {
  const value = configSchema.shape[key].parse(undefined);
  if (value === undefined) return '';
  if (typeof value !== 'object') return `\`${value}\``;
  if (Array.isArray(value)) return `\`${value.join(',')}\``;
  const text = JSON.stringify(value);
  return text === '{}' ? '' : `\`${text.replaceAll('"', '')}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
