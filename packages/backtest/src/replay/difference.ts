/** Where two values differ first. */
export interface ValueDifference {
  /** Names and indices from the top, with dots; empty for the values themselves. */
  readonly path: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

/** Compares two values as plain JSON, keys in any order. Null: they are equal. */
export function firstDifference(recorded: unknown, replayed: unknown): ValueDifference | null {
  return compare(plain(recorded), plain(replayed), '');
}

function plain(value: unknown): unknown {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);
}

function compare(recorded: unknown, replayed: unknown, path: string): ValueDifference | null {
  if (recorded === replayed) return null;
  if (!isObject(recorded) || !isObject(replayed) || Array.isArray(recorded) !== Array.isArray(replayed)) {
    return { path, recorded: recorded ?? null, replayed: replayed ?? null };
  }
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
    const found = compare(recorded[key], replayed[key], path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
