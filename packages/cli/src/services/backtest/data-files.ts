import { basename, resolve } from 'node:path';
import { splitNamed, usage } from './per-symbol.js';

/** The files of each symbol, in the order in which they were given. Throws `USAGE`. */
export function filesBySymbol(
  data: readonly string[],
  symbol: string | undefined,
  folder: string,
): ReadonlyMap<string, readonly string[]> {
  const split = data.map(splitNamed);
  const files = new Map<string, string[]>();
  const plain = split.filter(([name]) => name === undefined).map(([, file]) => file);
  if (plain.length > 0 && plain.length < split.length) {
    throw usage(
      `--data says of some files which symbol they are of, and of ${plain.join(', ')} not. Write --data SYMBOL=${plain[0]}.`,
    );
  }
  if (plain.length === 0 && symbol !== undefined) {
    throw usage(`--symbol is "${symbol}", and every --data names its own symbol. Leave --symbol out.`);
  }
  for (const [name, file] of split) {
    const key = name ?? symbol ?? basename(plain[0] ?? '').replace(/\..*$/, '');
    files.set(key, [...(files.get(key) ?? []), resolve(folder, file)]);
  }
  return files;
}
