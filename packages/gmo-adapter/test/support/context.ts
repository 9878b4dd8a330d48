import type { ExchangeContext, ExchangeEndpoints, Logger } from '@alpha-engine/core';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function recordingLogger(lines: LogLine[]): Logger {
  const at = (level: LogLine['level']) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push({ level, fields, message });
  };
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

/** Both clocks are the machine's. */
export function testContext(endpoints: ExchangeEndpoints, lines: LogLine[] = []): ExchangeContext {
  const clock = { now: () => Date.now() };
  return { endpoints, logger: recordingLogger(lines), marketClock: clock, wallClock: clock };
}
