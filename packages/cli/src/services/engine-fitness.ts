import type { Books, EventBus } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { behind } from './watch.js';

/** Why an engine whose brains are open should not be counted on: behind, not reconciled, halted. A sentence each. */
export async function engineFitness(
  { enableExecution, enableStrategy, exchange, maxDataAgeMs, symbols }: Config,
  bus: EventBus,
  books: Books | undefined,
): Promise<readonly string[]> {
  const { halts = {}, reconciled = symbols } = books ?? {};
  const groups = [
    ...(enableStrategy ? [`strategy:${exchange}`] : []),
    ...(enableExecution ? [`execution:${exchange}`] : []),
  ];
  return [
    ...(await behind(bus, groups, maxDataAgeMs)),
    ...symbols.filter((one) => !reconciled.includes(one)).map((one) => `The books of ${one} are not reconciled yet.`),
    ...Object.entries(halts).map(([symbol, why]) => `${symbol === '*' ? 'The account' : symbol} is halted: ${why}.`),
  ];
}
