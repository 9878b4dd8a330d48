import { AlphaError } from '@alpha-engine/core';

export type ParamValue = number | string;

/** One parameter to search over. Values are found by their place, where they can be counted, and by a share of the way through. */
export interface Dimension {
  readonly name: string;
  /** As it was written, for people. */
  readonly text: string;
  /** Whether neighbours are alike: false for a list of words. */
  readonly ordered: boolean;
  /** How many values there are; infinite for a range without steps. */
  readonly count: number;
  at(index: number): ParamValue;
  /** `share` from 0 (included) to 1 (excluded). */
  fromShare(share: number): ParamValue;
}

const RANGE = /^(-?[\d.]+(?:e[+-]?\d+)?)\.\.(-?[\d.]+(?:e[+-]?\d+)?)(?::(.+))?$/i;
const MOST_VALUES = 10_000_000;

/**
 * Understands `fast=5..50:5` (steps), `fast=5..50` (whole numbers), `rate=0.1..0.9` (anything between), `rate=0.001..1:log` (the same on a
 * logarithmic scale), `rate=0.001..1:*10` (by factors), `mode=a,b` and `length=10,20,50` (a list). Throws `USAGE`.
 */
export function parseDimension(text: string): Dimension {
  const cut = text.indexOf('=');
  const name = text.slice(0, Math.max(cut, 0)).trim();
  const values = text.slice(cut + 1).trim();
  if (name === '' || values === '') {
    throw wrong(text, 'it should be a name and values, such as fast=5..50:5 or mode=a,b');
  }
  const range = RANGE.exec(values);
  if (range !== null) return rangeOf(text, name, range);
  if (values.includes('..')) throw wrong(text, 'a range is two numbers, such as 5..50, and may have a step: 5..50:5');
  return listOf(text, name, values.split(','));
}

function rangeOf(text: string, name: string, [, lowText = '', highText = '', step]: RegExpExecArray): Dimension {
  const [low, high] = [Number(lowText), Number(highText)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) throw wrong(text, 'its ends should be numbers');
  if (low > high) throw wrong(text, `${lowText} is above ${highText}, so that there is nothing in it`);
  const logarithmic = step === 'log' || step?.startsWith('*') === true;
  if (logarithmic && low <= 0) throw wrong(text, 'a logarithmic scale begins above 0');
  if (step === undefined || step === 'log') {
    const whole = ![lowText, highText].some((end) => /[.e]/i.test(end));
    return whole ? wholes(text, name, low, high, logarithmic) : anything(text, name, low, high, logarithmic);
  }
  const stride = Number(logarithmic ? step.slice(1) : step);
  if (!(stride > (logarithmic ? 1 : 0)) || !Number.isFinite(stride)) {
    throw wrong(text, `its step "${step}" should be a number above 0, "log", or * and a factor above 1`);
  }
  // A little more than a whole number of steps, so that 0..1:0.1 ends with 1.
  const steps = logarithmic ? Math.log(high / low) / Math.log(stride) : (high - low) / stride;
  const count = Math.floor(steps + 1e-9) + 1;
  if (count > MOST_VALUES) throw wrong(text, `it has ${count} values, more than ${MOST_VALUES}`);
  const at = (index: number) => tidy(logarithmic ? low * stride ** index : low + stride * index);
  return counted(text, name, true, count, at);
}

function listOf(text: string, name: string, items: readonly string[]): Dimension {
  const words = items.map((item) => item.trim());
  if (words.includes('')) throw wrong(text, 'a value of its list is empty');
  if (new Set(words).size < words.length) throw wrong(text, 'a value stands twice in its list');
  const numbers = words.map(Number);
  const numeric = numbers.every(Number.isFinite);
  const values: readonly ParamValue[] = numeric ? numbers : words;
  return counted(text, name, numeric, values.length, (index) => values[index] as ParamValue);
}

function counted(
  text: string,
  name: string,
  ordered: boolean,
  count: number,
  at: (index: number) => ParamValue,
): Dimension {
  return { name, text, ordered, count, at, fromShare: (share) => at(Math.floor(share * count)) };
}

function wholes(text: string, name: string, low: number, high: number, logarithmic: boolean): Dimension {
  const count = high - low + 1;
  const plain = counted(text, name, true, count, (index) => low + index);
  if (!logarithmic) return plain;
  const fromShare = (share: number) => Math.min(high, Math.floor(low * ((high + 1) / low) ** share));
  return { ...plain, fromShare };
}

function anything(text: string, name: string, low: number, high: number, logarithmic: boolean): Dimension {
  const fromShare = (share: number) =>
    Math.min(high, Math.max(low, tidy(logarithmic ? low * (high / low) ** share : low + (high - low) * share)));
  const at = () => {
    throw wrong(text, 'it has no steps to count; give one (0..1:0.1), or use --sampler random or tpe');
  };
  const count = low === high ? 1 : Number.POSITIVE_INFINITY;
  return { name, text, ordered: true, count, at: count === 1 ? () => low : at, fromShare };
}

/** Without the dust of binary fractions: 0.1 + 0.2 is 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function wrong(text: string, why: string): AlphaError {
  return new AlphaError('USAGE', `--space "${text}" is not understood: ${why}.`, {
    context: { flag: '--space', value: text },
  });
}
