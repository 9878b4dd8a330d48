import { type ExchangeStatus, silentLogger } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { ExchangeWatch } from '../../src/adapter/exchange-watch.js';
import { eventually } from '../support/collect.js';

it('asks once more when a socket opens while the exchange counts as closed, also during a request', async () => {
  const answers: ((status: ExchangeStatus) => void)[] = [];
  const told: string[] = [];
  const watch = new ExchangeWatch({
    history: { status: () => new Promise((answer) => answers.push(answer)) },
    pollMs: 3_600_000,
    logger: silentLogger,
    tell: ({ state }) => told.push(state),
  });
  const stop = new AbortController();
  const ended = watch.run(stop.signal);
  watch.saw('maintenance');
  // The answer under way may be older than the connection.
  watch.opened();
  answers[0]!('maintenance');
  await eventually(() => answers.length === 2);
  answers[1]!('preopen');
  await eventually(() => told.length === 2);
  watch.opened();
  await eventually(() => answers.length === 3);
  answers[2]!('open');
  await eventually(() => told.length === 3);
  expect(told).toEqual(['maintenance', 'preopen', 'open']);
  // Nothing more to learn from a connection.
  watch.opened();
  stop.abort();
  await ended;
  expect(answers).toHaveLength(3);
});
