import { inspect } from 'node:util';
import { GmoBroker, GmoSigner, sign, textToSign } from '@alpha-engine/gmo-adapter';
import { describe, expect, it } from 'vitest';
import { testContext } from '../support/context.js';

const LONG = 'jFRfAL7PiFLvYP6rS9u6TmTjTyVI1z21QXgDqxsCdPkMmN6I';

const VECTORS = [
  {
    secret: LONG,
    timestamp: '2085848896000',
    method: 'GET',
    path: '/v1/activeOrders',
    body: '',
    hex: 'e6f0c55c381b08f0892daad0c5e27f69050dab787d98e45680802e340849978a',
  },
  {
    secret: LONG,
    timestamp: '2085848896000',
    method: 'POST',
    path: '/v1/order',
    body: '{"symbol": "BTC_JPY", "side": "BUY", "executionType": "MARKET", "size": 0.01}',
    hex: 'b6e96f0fe71993d29b50dc8a9a0bebe974fb38749e2ee7aed1e4abb845b063bf',
  },
  {
    secret: 'SECRET',
    timestamp: '1700000000000',
    method: 'GET',
    path: '/v1/activeOrders',
    body: '',
    hex: 'a023281389c4b0e72981861481f358deec1557943b6cbf60aa80f9fcbc716f19',
  },
  {
    secret: 'SECRET',
    timestamp: '1700000000000',
    method: 'POST',
    path: '/v1/order',
    body: '{"symbol":"BTC_JPY","side":"BUY","executionType":"LIMIT","timeInForce":"FAS","price":"430001","size":"0.02"}',
    hex: '3103e5f6b27eb2adfbd33433c7c90b70210520413f55e6a758b0f6147f108c8b',
  },
  {
    secret: 'SECRET',
    timestamp: '1700000000000',
    method: 'POST',
    path: '/v1/ws-auth',
    body: '{}',
    hex: 'b9f9c5259e2e8b2dfe4bc3ce7aa4246efec4725bf789b0f7286385c733aa6949',
  },
  {
    secret: 'SECRET',
    timestamp: '1700000000000',
    method: 'PUT',
    path: '/v1/ws-auth',
    body: '{"token":"xxx"}',
    hex: 'db91b05916a54f6f8c326012390acc2041fe43d564923eb8895671c327f682a6',
  },
  {
    secret: 'SECRET',
    timestamp: '1700000000000',
    method: 'DELETE',
    path: '/v1/ws-auth',
    body: '{"token":"xxx"}',
    hex: 'b39cb7adc2b52d3dd120b21922fb7e0d9eeae5f2b431a49c1675989423952d75',
  },
] as const;

describe('signing', () => {
  it.each(VECTORS)(
    '$method $path with secret of $secret.length letters',
    ({ secret, timestamp, method, path, body, hex }) => {
      expect(sign(secret, textToSign(timestamp, method, path, body))).toBe(hex);
      const headers = new GmoSigner({ apiKey: 'KEY', apiSecret: secret }).headers(
        Number(timestamp),
        method,
        path,
        body,
      );
      expect(headers).toEqual({ 'API-KEY': 'KEY', 'API-TIMESTAMP': timestamp, 'API-SIGN': hex });
    },
  );
});

describe('secrets', () => {
  const credentials = { apiKey: 'key-4711-of-a-user', apiSecret: 'secret-0815-of-a-user' };
  const signer = new GmoSigner(credentials);

  it('show in no print of what holds them', () => {
    const broker = new GmoBroker(testContext({}), credentials);
    const holder = { signer, broker, list: [signer], map: new Map([['signer', signer]]) };
    const prints = [
      String(signer),
      `${signer}`,
      JSON.stringify(holder),
      inspect(holder, { depth: 10, showHidden: true }),
      inspect(broker, { depth: 10, showHidden: true, getters: true }),
      Object.entries(signer).join(),
      new Error(`The signer ${signer} failed.`, { cause: holder }).stack,
      inspect(new Error('It failed.', { cause: holder }), { depth: 10 }),
    ].join('\n');
    expect(prints).not.toContain(credentials.apiKey);
    expect(prints).not.toContain(credentials.apiSecret);
    expect(String(signer)).toBe('GmoSigner(***)');
  });

  it('are taken out of the texts of others', () => {
    expect(signer.redact(`wrong key ${credentials.apiKey}/${credentials.apiSecret}!`)).toBe('wrong key ***/***!');
    expect(new GmoSigner({ apiKey: '', apiSecret: '' }).redact('nothing to hide')).toBe('nothing to hide');
  });
});
