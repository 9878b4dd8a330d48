import { AlphaError, type Instrument } from '@alpha-engine/core';

/** Throws `UNKNOWN_SYMBOL` for the first symbol that is not listed, naming those that look like it. */
export function assertListed(symbols: readonly string[], instruments: readonly Instrument[]): void {
  const listed = instruments.map((instrument) => instrument.symbol);
  for (const symbol of symbols) {
    if (listed.includes(symbol)) continue;
    const close = closeMatches(symbol, listed);
    const hint = close.length > 0 ? `Did you mean ${close.join(', ')}?` : whatIsListed(listed);
    throw new AlphaError('UNKNOWN_SYMBOL', `GMO Coin does not list the symbol "${symbol}". ${hint}`, {
      context: { symbol, close },
    });
  }
}

function whatIsListed(listed: readonly string[]): string {
  if (listed.length > 0) return `It lists ${listed.join(', ')}.`;
  return 'It lists none at all at present: check REST_BASE_URL, or try again later.';
}

/** Symbols with the same letters in another case or punctuation, of the same coin, or within two typing mistakes. */
function closeMatches(symbol: string, listed: readonly string[]): string[] {
  const plain = letters(symbol);
  const coin = plain.replace(/JPY$/, '');
  return listed
    .map((name) => {
      const other = letters(name);
      const sameCoin = coin !== '' && other.replace(/JPY$/, '') === coin;
      return { name, distance: other === plain ? 0 : sameCoin ? 1 : editDistance(plain, other) };
    })
    .filter(({ distance, name }) => distance <= Math.min(2, letters(name).length - 2))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

const letters = (text: string): string => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
