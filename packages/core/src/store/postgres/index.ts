export { type DatabaseStatus, databaseStatus } from './database-status.js';
export {
  connectEmbeddedDatabase,
  type EmbeddedDatabase,
  type OpenOptions,
  openEmbeddedDatabase,
} from './embedded-database.js';
export { createPostgresStore, type PostgresStoreOptions } from './postgres-store.js';
export { connectServerDatabase, type ServerOptions } from './server-database.js';
export { type BrainOwner, readOwners } from './server-locks.js';
