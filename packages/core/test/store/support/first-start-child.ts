import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';

/** Opens the database of a folder, migrates it, closes it, and says what that took. */
const [folder] = process.argv.slice(2) as [string];
const begun = performance.now();
const database = await openEmbeddedDatabase({ folder });
const store = createPostgresStore(database.pool);
await store.migrate();
await store.takeOver('strategy:gmo');
const ms = Math.round(performance.now() - begun);
await store.close();
await database.close();
// Kibibytes on Linux.
process.stdout.write(`${JSON.stringify({ peakMb: Math.round(process.resourceUsage().maxRSS / 1024), ms })}\n`);
