import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AlphaError } from '@alpha-engine/core';
import {
  ASSUMED_LATENCY,
  type Delay,
  delaysOf,
  type Latency,
  LEGS,
  type Leg,
  NO_LATENCY,
  parseLatencyFile,
} from '@alpha-engine/core/simulation';

const NUMBER = '(\\d+(?:\\.\\d+)?)';
const PART = new RegExp(`^(feed|order|answer)=${NUMBER}(?:-${NUMBER}|~${NUMBER})?$`);

/**
 * A latency as flags and settings say it: `none`, `assumed`, legs such as `order=50-150,answer=80~0.4` (milliseconds: one figure, a range, or
 * a median and the sigma of a log-normal; legs that are not named as assumed), or a file that `alpha latency` wrote. Throws `CONFIG_INVALID`.
 */
export async function latencyIn(text: string, folder: string): Promise<Latency> {
  if (text === 'none') return NO_LATENCY;
  if (text === 'assumed') return ASSUMED_LATENCY;
  const parts = text.split(',').map((part) => PART.exec(part.trim()));
  if (parts.some((part) => part === null)) return parseLatencyFile(await fileText(text, folder), text);
  const legs = Object.fromEntries(parts.map((part) => [part?.[1] as Leg, delayOf(part as RegExpExecArray)]));
  const latency = { ...ASSUMED_LATENCY, ...legs };
  for (const leg of LEGS) delaysOf(latency, leg);
  return latency;
}

/** Takes `feed=recorded` out of a latency: market data then come when the recording says. What is left is for `latencyIn`. */
export function withoutRecorded(text: string): { readonly recordedFeed: boolean; readonly rest: string } {
  const parts = text.split(',').map((part) => part.trim());
  const others = parts.filter((part) => part !== 'feed=recorded');
  return {
    recordedFeed: others.length < parts.length,
    rest: others.length === 0 ? 'assumed' : others.join(','),
  };
}

function delayOf([, , first, to, sigma]: RegExpExecArray): Delay {
  if (to !== undefined) return { kind: 'uniform', fromMs: Number(first), toMs: Number(to) };
  if (sigma !== undefined) return { kind: 'log-normal', medianMs: Number(first), sigma: Number(sigma) };
  return { kind: 'constant', ms: Number(first) };
}

async function fileText(text: string, folder: string): Promise<string> {
  try {
    return await readFile(resolve(folder, text), 'utf8');
  } catch (cause) {
    throw new AlphaError(
      'CONFIG_INVALID',
      `The latency "${text}" is neither none, assumed, legs such as order=100,answer=50-150, nor a file that can be read.`,
      { cause },
    );
  }
}
