import { PERMISSIONS } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { LiveEngine } from '../support/live-engine.js';

it('a key that may not read the account, or is another, ends the start with what to do', async () => {
  const live = await LiveEngine.create({}, { permissions: PERMISSIONS.filter((one) => one !== 'account/assets') });
  const failure = async () => {
    const { exit, stderr } = await live.run('engine', '--strategy', './silent.ts', '--live');
    return { exit, ...JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error };
  };
  const refused = { exit: 4, code: 'EXCHANGE_AUTH', message: expect.stringContaining('permissions') };
  expect(await failure()).toMatchObject(refused);
  live.simulator.setPermissions(PERMISSIONS);
  live.env.API_SECRET = 'another-secret';
  const wrong = await failure();
  expect(wrong).toMatchObject(refused);
  expect(JSON.stringify(wrong)).not.toContain('another-secret');
  expect(live.simulator.stats()).toMatchObject({ orders: 0, fills: 0 });
}, 60_000);

it('a key that may open and not close halts all openings at the first close, closes nothing, and says what to do', async () => {
  const live = await LiveEngine.create({}, { permissions: PERMISSIONS.filter((one) => one !== 'closeOrder') });
  const engine = await live.engine();
  await live.signal({ id: 'in' });
  await live.until('it is filled', () => live.simulator.exchange.positions('BTC_JPY').length === 1);
  await live.signal({ id: 'out', action: 'exit' });
  await live.until('openings are halted', () => engine.output.includes('"symbol":"*"'));
  expect(engine.output).toMatch(/Give the key the permissions to open and to close, then send resume\./);
  await live.signal({ id: 'more', strategy: 'other' });
  await live.until('it is denied', async () =>
    (await live.read('order:gmo')).some((event) => event.type === 'denial' && event.data.code === 'halted'),
  );
  const { said } = await live.ask<{ status: string; reason?: string }[]>('orders');
  expect(said.map(({ status }) => status).sort()).toEqual(['FILLED', 'REJECTED']);

  live.simulator.setPermissions(PERMISSIONS);
  expect((await live.ask('resume')).said).toMatchObject({ scope: '*', state: 'ACTIVE' });
  await live.signal({ id: 'out again', action: 'exit' });
  await live.until('it is closed', () => live.simulator.exchange.positions('BTC_JPY').length === 0);
  expect((await engine.end('SIGTERM')).exit).toBe(0);
  expect(await engine.line('engine stopped')).toMatchObject({ reconciled: true });
}, 60_000);
