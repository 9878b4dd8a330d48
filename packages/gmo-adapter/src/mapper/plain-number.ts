const PLAIN = /^\d+(\.\d+)?$/;

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/**
 * Reads a non-negative decimal number in plain notation (`"13659677"`, `"0.003"`), as GMO writes all market data. NaN for anything
 * else: `Number` alone would take `""`, `" 1"`, `"0x10"` and `"1e3"`.
 *
 * Up to 15 digits the digits are an exact integer and so is the power of ten, hence the one division rounds exactly as `Number` does.
 */
export function parsePlainNumber(text: unknown): number {
  if (typeof text !== 'string') return Number.NaN;
  const length = text.length;
  if (length === 0 || length > 16) return parseSlowly(text);
  let digits = 0;
  let point = -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) digits = digits * 10 + (code - 48);
    else if (code === 46 && point < 0 && i > 0 && i < length - 1) point = i;
    else return Number.NaN;
  }
  if (point < 0) return length === 16 ? parseSlowly(text) : digits;
  return digits / POWERS[length - 1 - point]!;
}

function parseSlowly(text: string): number {
  const value = PLAIN.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}
