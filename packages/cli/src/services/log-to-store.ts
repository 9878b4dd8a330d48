import { type LogAppender, type Logger, LogSink } from '@alpha-engine/core';

export interface StoreLogger {
  /** Writes each line twice, with the same fields: where `logger` writes, and into the store's `logs`. */
  readonly logger: Logger;
  /** Brings the last lines into the store, or gives them up; never throws. */
  close(): Promise<void>;
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof LEVELS)[number];

export function logToStore(logger: Logger, store: LogAppender, least: Level): StoreLogger {
  const sink = new LogSink(store);
  const wanted = new Set<Level>(LEVELS.slice(LEVELS.indexOf(least)));
  const tee = (target: Logger, shared: Readonly<Record<string, unknown>>): Logger => {
    const write = (level: Level) => (fields: Readonly<Record<string, unknown>>, message: string) => {
      target[level](fields, message);
      if (wanted.has(level)) sink.write({ ts: Date.now(), level, message, fields: { ...shared, ...fields } });
    };
    return {
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => tee(target.child(fields), { ...shared, ...fields }),
    };
  };
  return { logger: tee(logger, {}), close: () => sink.close() };
}
