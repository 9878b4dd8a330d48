import type { Logger } from '@alpha-engine/core';
import { type LoggerOptions as LoggerSettings, pino } from 'pino';
import { scrub } from '../config/secret.js';

export interface LoggerOptions {
  readonly level: string;
  readonly to: 'stdout' | 'stderr';
  /** Default: what a terminal gets. */
  readonly pretty?: boolean;
}

export interface ProcessLogger extends Logger {
  /** Writes what is buffered; call it last. */
  flush(): void;
}

/** pino: one JSON object a line, or coloured lines on a terminal. Secrets seen by the process never pass. */
export async function createLogger(options: LoggerOptions): Promise<ProcessLogger> {
  const descriptor = options.to === 'stdout' ? 1 : 2;
  const stream = options.to === 'stdout' ? process.stdout : process.stderr;
  // Written behind the caller's back, so that a slow terminal does not hold up trading.
  const destination = pino.destination({ dest: descriptor, sync: false, minLength: 0 });
  const pretty = options.pretty ?? stream.isTTY === true;
  const target = pretty
    ? (await import('pino-pretty')).default({ destination, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : destination;
  const settings: LoggerSettings = {
    level: options.level,
    base: null,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: scrub },
  };
  const logger = pino(settings, target);
  return Object.assign(logger, { flush: () => destination.flushSync() });
}
