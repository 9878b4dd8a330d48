import type { RawData } from 'ws';

/** What a client sent on a socket; fields as they came. */
export interface SocketCommand {
  readonly command: unknown;
  readonly channel: unknown;
  readonly symbol: unknown;
  readonly option: unknown;
}

/** Null for what is not a JSON object. */
export function parseCommand(data: RawData): SocketCommand | null {
  try {
    const value = JSON.parse(data.toString()) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const { command, channel, symbol, option } = value as Record<string, unknown>;
    return { command, channel, symbol, option };
  } catch {
    return null;
  }
}
