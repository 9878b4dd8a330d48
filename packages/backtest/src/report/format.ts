/**
 * Numbers and times as every reader in the world reads them: a point before the decimals, narrow spaces between thousands, ISO dates in
 * UTC. The page in the browser uses the same functions.
 */

const NOT_AVAILABLE = 'not available';
const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';
const DAY_MS = 86_400_000;

export function numberText(value: number | null, digits = 2): string {
  if (value === null || !Number.isFinite(value)) return NOT_AVAILABLE;
  const [whole = '', decimals] = Math.abs(value).toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
  const text = decimals === undefined ? grouped : `${grouped}.${decimals}`;
  return value < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text;
}

/** Fraction of 1 as per cent. */
export function percentText(value: number | null, digits = 2): string {
  return value === null || !Number.isFinite(value)
    ? NOT_AVAILABLE
    : `${numberText(value * 100, digits)}${NARROW_SPACE}%`;
}

/** The same with its sign, for changes. */
export function changeText(value: number | null, digits = 2): string {
  const text = percentText(value, digits);
  return value !== null && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** The two largest units: `3 d 4 h`, `12 min`, `8 s`. */
export function durationText(ms: number | null): string {
  if (ms === null) return NOT_AVAILABLE;
  const days = Math.floor(ms / DAY_MS);
  const hours = Math.floor((ms % DAY_MS) / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1000);
  if (days >= 100) return `${numberText(days, 0)} d`;
  if (days > 0) return hours === 0 ? `${days} d` : `${days} d ${hours} h`;
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  if (minutes > 0) return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
  return `${seconds} s`;
}

/** `2024-01-31 13:05`, UTC; seconds where they are not zero. */
export function timeText(ts: number | null): string {
  if (ts === null || !Number.isFinite(ts)) return '';
  const iso = new Date(ts).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, ts % 60_000 === 0 ? 16 : 19)}`;
}

export function dayText(ts: number): string {
  return new Date(ts).toISOString().slice(0, 10);
}

/** How many decimals prices need, at most 8: those of the most precise of them. */
export function digitsOf(prices: Iterable<number>): number {
  let digits = 0;
  for (const price of prices) {
    const decimals = String(Number(price.toPrecision(12))).split('.')[1]?.length ?? 0;
    if (decimals > digits) digits = decimals;
    if (digits >= 8) return 8;
  }
  return digits;
}
