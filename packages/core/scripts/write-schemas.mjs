// Writes schemas/<type>.json for every event, and schemas/event.json for any of them, from the zod schemas.
// With --check it writes nothing and fails when a file differs: `pnpm verify` runs it so.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { z } from 'zod';

const core = fileURLToPath(new URL('..', import.meta.url));
const folder = join(core, 'schemas');

const DESCRIPTIONS = {
  trade: 'One match on the exchange. `side` is the taker’s; price is quote per base, size base coin.',
  orderbook: 'A snapshot or a delta of the book: [price, size] pairs, bids descending, asks ascending; size 0 removes.',
  ticker: 'Best quotes, last price, and extremes and volume (base coin) of the last 24 hours.',
  status: 'What became of a feed.',
  signal: 'The decision of a strategy.',
  order: 'A state change or a fill of one order. Money is strings.',
  denial: 'The risk gate refused a signal.',
  trading_state: 'What a symbol or the whole account may do from now on, and why.',
  control: 'The word of an operator. Symbol * means the whole account.',
};

const { module } = await runnerImport(join(core, 'src/events/event.ts'), { configFile: false, root: core });
const files = new Map();
for (const [type, schema] of Object.entries(module.EVENT_SCHEMAS)) {
  if (DESCRIPTIONS[type] === undefined) throw new Error(`Describe the event "${type}" in write-schemas.mjs.`);
  files.set(`${type}.json`, jsonSchema(schema, type, DESCRIPTIONS[type]));
}
files.set('event.json', jsonSchema(module.alphaEvent, 'event', 'Any event of Alpha Market Engine.'));

mkdirSync(folder, { recursive: true });
const present = readdirSync(folder).filter((name) => name.endsWith('.json'));
if (process.argv.includes('--check')) {
  const stale = [...files]
    .filter(([name, text]) => !present.includes(name) || text !== read(name))
    .map(([name]) => name);
  stale.push(...present.filter((name) => !files.has(name)));
  if (stale.length > 0) {
    console.error(`packages/core/schemas is out of date: ${stale.join(', ')}. Run pnpm schemas:update.`);
    process.exitCode = 1;
  }
} else {
  for (const name of present) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
}

/** `io: input`: a reader must accept fields it does not know, so the schemas do not forbid them. */
function jsonSchema(schema, title, description) {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`;
}

function read(name) {
  return readFileSync(join(folder, name), 'utf8');
}
