/**
 * Every failure the product can name: code → process exit status and what the code stands for.
 * `docs/errors.md` lists the same table; a test compares the two.
 */
export const ERROR_CODES = {
  UNEXPECTED: { exit: 1, meaning: 'A fault nobody foresaw: a bug in Alpha Market Engine or in a plug-in.' },
  USAGE: { exit: 2, meaning: 'The command line has an unknown flag, argument or value.' },
  CONFIG_INVALID: {
    exit: 2,
    meaning: 'The configuration has one or more wrong values; all are listed with their path.',
  },
  UNKNOWN_EXCHANGE: { exit: 2, meaning: 'No adapter has this exchange name.' },
  UNKNOWN_SYMBOL: { exit: 2, meaning: 'The exchange does not list this symbol.' },
  UNKNOWN_TIMEFRAME: { exit: 2, meaning: 'The timeframe is not understood, or not of the kind that is wanted there.' },
  STRATEGY_NOT_FOUND: { exit: 2, meaning: 'No built-in strategy, file or package has this name.' },
  STRATEGY_INVALID: { exit: 2, meaning: 'The plug-in does not export a strategy made by defineStrategy.' },
  STRATEGY_PARAM_INVALID: { exit: 2, meaning: "A parameter is unknown or fails the strategy's schema." },
  STRATEGY_FAILED: { exit: 1, meaning: 'A strategy threw; its instance is halted.' },
  EXCHANGE_UNREACHABLE: { exit: 3, meaning: 'No connection to the exchange, or no answer within the time-out.' },
  EXCHANGE_BAD_ANSWER: {
    exit: 3,
    meaning: 'The exchange answered something that is not its protocol (HTML, truncated JSON, a missing field).',
  },
  EXCHANGE_MAINTENANCE: { exit: 3, meaning: 'The exchange is in maintenance.' },
  EXCHANGE_RATE_LIMITED: { exit: 3, meaning: 'The exchange refused because too many requests were sent.' },
  EXCHANGE_REFUSED: { exit: 3, meaning: 'The exchange refused the request; the outcome is known: nothing happened.' },
  EXCHANGE_IN_DOUBT: { exit: 3, meaning: 'A request was sent and its outcome is unknown.' },
  EXCHANGE_AUTH: { exit: 4, meaning: 'The API key, its signature, its address list or its permissions were refused.' },
  CLOCK_SKEW: { exit: 4, meaning: "This machine's clock is too far from the exchange's." },
  EVENT_INVALID: { exit: 1, meaning: 'An event does not fit its schema.' },
  BUS_FENCED: { exit: 6, meaning: 'Another publisher took over this series of events.' },
  BUS_SEQUENCE_HOLE: { exit: 1, meaning: 'A publisher skipped a sequence number; it must resend in order.' },
  BUS_QUEUE_FULL: { exit: 1, meaning: 'More events wait to be published than the publisher may keep.' },
  BUS_GROUP_TAKEN: {
    exit: 6,
    meaning: 'Another member took over this group of readers, it was dropped, or it is used in another mode.',
  },
  BUS_UNKNOWN_ENTRY: { exit: 2, meaning: 'An entry id or stream does not belong to this bus or subscription.' },
  BUS_CLOSED: { exit: 1, meaning: 'The bus was used after it was closed.' },
  BUS_UNAVAILABLE: { exit: 5, meaning: 'The bus server cannot be reached, or does not answer.' },
  BUS_UNUSABLE: {
    exit: 5,
    meaning:
      'The bus server cannot serve as the bus: wrong password, too old, it evicts entries, a key of another type.',
  },
  BUS_FULL: { exit: 5, meaning: 'The bus has reached its limit of memory or entries and takes nothing more for now.' },
  STORE_FENCED: { exit: 6, meaning: 'Another engine took over this brain; this one must stop at once.' },
  OWNERSHIP_LOST: { exit: 6, meaning: 'The locks that say which engine owns a brain were lost.' },
  OWNERSHIP_CONFLICT: {
    exit: 6,
    meaning: 'Two engines on one database share a name and differ, or share a symbol or account under two names.',
  },
  STORE_UNAVAILABLE: { exit: 5, meaning: 'The database cannot be reached.' },
  STORE_FAILED: { exit: 5, meaning: 'The database refused a statement.' },
  STORE_EMPTY: { exit: 5, meaning: 'The database has no tables of the product: nothing ran on it yet.' },
  STORE_NEWER_SCHEMA: { exit: 5, meaning: 'The database was written by a newer version of the product.' },
  STORE_OLDER_SCHEMA: { exit: 5, meaning: 'The database was not brought up to date with this version yet.' },
  STORE_MIGRATION_CHANGED: { exit: 5, meaning: 'A migration that was already applied differs from the one shipped.' },
  ARCHIVE_UNAVAILABLE: { exit: 5, meaning: 'The archive cannot be written: disk full, no permission, folder gone.' },
  ARCHIVE_LOCKED: { exit: 6, meaning: 'Another process writes the same archive.' },
  SEARCH_LOCKED: { exit: 6, meaning: 'Another process searches into the same file of trials.' },
  ARCHIVE_DAMAGED: { exit: 7, meaning: 'A file of the archive differs from its manifest or cannot be read.' },
  OUTPUT_UNWRITABLE: { exit: 5, meaning: 'What a command was to write cannot be written: no such folder, disk full.' },
  DATA_FOLDER_UNUSABLE: { exit: 5, meaning: 'The data folder cannot be written, or holds something that is not ours.' },
  DATA_FOLDER_LOCKED: { exit: 6, meaning: 'Another engine uses the same data folder.' },
  ACCOUNT_LOCKED: { exit: 6, meaning: 'Another engine on this host trades the same account.' },
  PORT_IN_USE: { exit: 6, meaning: 'The port that was asked for is taken.' },
  REBUILD_DIFFERS: {
    exit: 7,
    meaning: 'Rebuilding a strategy from its record gave other decisions than those stored.',
  },
  REPLAY_DIFFERS: {
    exit: 9,
    meaning: 'A session, run again from its record, came to something else than is recorded.',
  },
  REPLAY_INCOMPLETE: {
    exit: 5,
    meaning: 'What a replay needs is not kept any more: rows of the input log, or entries of the bus.',
  },
  BOOKS_DIFFER: { exit: 7, meaning: "The engine's books and the exchange's differ." },
  ENGINE_NOT_RUNNING: { exit: 8, meaning: 'No engine runs that could do what was asked.' },
  ENGINE_NO_ANSWER: { exit: 8, meaning: 'The engine did not say in time that it did what was asked.' },
  FLATTEN_INCOMPLETE: { exit: 8, meaning: 'The engine could not close everything.' },
  EVENTS_LOST: { exit: 7, meaning: 'Events are missing between two stages.' },
  FAULTS_INVALID: {
    exit: 2,
    meaning: 'The script of faults has one or more wrong values; all are listed with their path.',
  },
  DATA_UNREADABLE: {
    exit: 2,
    meaning: 'A file of market data cannot be read: not there, no permission, cut or damaged.',
  },
  DATA_INVALID: {
    exit: 2,
    meaning:
      'A file of market data has bad rows, or columns that are not understood; all faults are named with file and line.',
  },
  TAPE_INVALID: { exit: 2, meaning: 'The recorded tape cannot be read.' },
} as const satisfies Record<string, { exit: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
