import { type Books, type EventBus, HALT_CAUSES } from '@alpha-engine/core';
import { executionBrain, strategyBrain } from '@alpha-engine/core/process';
import type { Config } from '../config/schema.js';
import { behind } from './watch.js';

/** Why an engine whose brains are open should not be counted on: behind, not reconciled, halted. A sentence each. */
export async function engineFitness(
  { enableExecution, enableStrategy, engineName: name, exchange, maxDataAgeMs, symbols }: Config,
  bus: EventBus,
  books: Books | undefined,
): Promise<readonly string[]> {
  const { halts = {}, reconciled = symbols } = books ?? {};
  const groups = [
    ...(enableStrategy ? [strategyBrain({ exchange, ...(name !== undefined && { name }) })] : []),
    ...(enableExecution ? [executionBrain(exchange)] : []),
  ];
  return [
    ...(await behind(bus, groups, maxDataAgeMs)),
    ...symbols.filter((one) => !reconciled.includes(one)).map((one) => `The books of ${one} are not reconciled yet.`),
    // What ends by itself says of the market or the exchange that they are not well, not of the engine.
    ...Object.entries(halts).flatMap(([symbol, list]) =>
      list
        .filter(({ cause }) => HALT_CAUSES[cause].ends !== 'itself')
        .map(({ reason }) => `${symbol === '*' ? 'The account' : symbol} is halted: ${reason}`),
    ),
  ];
}
