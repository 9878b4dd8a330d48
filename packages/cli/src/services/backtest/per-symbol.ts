import { AlphaError } from '@alpha-engine/core';

const NAMED = /^([\w-]+)=(.+)$/s;

/** Splits `SYMBOL=value`; the symbol is absent where there is none in front. */
export function splitNamed(text: string): readonly [name: string | undefined, value: string] {
  const [, name, value = text] = NAMED.exec(text) ?? [];
  return [name, value];
}

/** What a repeated flag says of each symbol: its own value, else the one for all, else nothing. Throws `USAGE`. */
export function perSymbol(
  flag: string,
  texts: readonly string[],
  symbols: readonly string[],
): (symbol: string) => string | undefined {
  const values = new Map<string | undefined, string>();
  for (const text of texts) {
    const [symbol, value] = splitNamed(text);
    if (symbol !== undefined && !symbols.includes(symbol)) {
      throw usage(`${flag} is "${text}", and ${symbol} is no symbol of this run: there is ${symbols.join(', ')}.`);
    }
    if (values.has(symbol)) throw usage(`${flag} is given twice for ${symbol ?? 'all symbols'}.`);
    values.set(symbol, value);
  }
  return (symbol) => values.get(symbol) ?? values.get(undefined);
}

export function usage(message: string): AlphaError {
  return new AlphaError('USAGE', message);
}
