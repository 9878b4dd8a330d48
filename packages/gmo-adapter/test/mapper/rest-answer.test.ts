import { readFileSync } from 'node:fs';
import { codeEntry, GMO_ERROR_CODES } from '@alpha-engine/gmo-adapter';
import { describe, expect, it } from 'vitest';
import type { CodeCause } from '../../src/mapper/error-codes.js';
import { badAnswerError, codeError, noAnswerError, readEnvelope } from '../../src/mapper/rest-answer.js';

const ORDER = { method: 'POST', path: '/v1/order' };

describe('readEnvelope', () => {
  it.each([
    [200, '{"status":0,"data":"637000","responsetime":"2019-03-19T02:15:06.108Z"}', { ok: true, data: '637000' }],
    [200, '{"status":0}', { ok: true, data: undefined }],
    [
      200,
      '{"status":1,"messages":[{"message_code":"ERR-5121","message_string":"Too low price."}]}',
      { ok: false, code: 'ERR-5121' },
    ],
    [
      404,
      '{"status": 2, "messages": [{"message_code": "ERR-5207", "message_string": "Not found"}]}',
      { ok: false, code: 'ERR-5207' },
    ],
    [503, '{"status":5,"messages":[{"message_code":"ERR-5201"}]}', { ok: false, code: 'ERR-5201', text: '' }],
  ])('reads HTTP %i %s', (status, body, expected) => {
    expect(readEnvelope(status, body)).toMatchObject(expected);
  });

  it.each([
    [200, ''],
    [200, '<html></html>'],
    [200, '{"status":0,"data":"63'],
    [200, '[]'],
    [200, '{"status":"0"}'],
    [200, '{"status":1,"messages":[]}'],
    [200, '{"status":1}'],
    // A gateway's answer around a body that says something else proves nothing.
    [502, '{"status":0,"data":"637000"}'],
    [500, '{"status":1,"messages":[{"message_code":"ERR-201"}]}'],
  ])('finds no protocol in HTTP %i %s', (status, body) => {
    expect(readEnvelope(status, body)).toBeNull();
  });
});

/** As the exchange's own list has them, and the one that only its answers show (151). */
const DOCUMENTED = [
  ...[70, 151, 189, 200, 201, 208, 254, 422, 423, 430, 554, 626, 635, 682, 683, 754, 846, 913],
  ...[5003, 5007, 5008, 5009, 5010, 5011, 5012, 5014, 5016, 5106, 5111, 5114, 5118, 5121, 5122, 5123, 5125, 5126, 5127],
  ...[5129, 5133, 5135, 5201, 5202, 5203, 5204, 5206, 5207, 5208],
];

describe('the table of codes', () => {
  it('has every documented code and no other, each with its cause', () => {
    expect(Object.keys(GMO_ERROR_CODES)).toEqual(DOCUMENTED.map((number) => `ERR-${number}`));
    const because = (cause: CodeCause) => DOCUMENTED.filter((number) => codeEntry(`ERR-${number}`)?.cause === cause);
    expect(because('rate_limited')).toEqual([5003]);
    expect(because('maintenance')).toEqual([5201, 5202, 5203]);
    expect(because('permission')).toEqual([5010, 5011, 5012, 5014, 5125, 5127, 5133, 5135]);
    expect(because('funds')).toEqual([201, 208, 682, 683, 754]);
    expect(because('other')).toEqual([151, 554, 626, 5016]);
    // All others say that what we sent was wrong.
    expect(because('our_mistake')).toHaveLength(DOCUMENTED.length - 21);
  });

  it('gives a placement a known outcome for documented refusals alone', () => {
    const codes = Object.keys(GMO_ERROR_CODES);
    const inDoubt = codes.filter((code) => codeError(ORDER, 'place', code, '').code === 'EXCHANGE_IN_DOUBT');
    expect(inDoubt.sort()).toEqual(['ERR-151', 'ERR-5003', 'ERR-554', 'ERR-626']);
    expect(codeError(ORDER, 'place', 'ERR-201', '').context).toMatchObject({ cause: 'funds' });
    expect(codeError(ORDER, 'place', 'ERR-99999', '').context).toMatchObject({ cause: 'other' });
    expect(codeError(ORDER, 'place', 'ERR-151', 'Service Unavailable').code).toBe('EXCHANGE_IN_DOUBT');
    expect(codeError(ORDER, 'place', 'ERR-99999', '').code).toBe('EXCHANGE_IN_DOUBT');
    expect(codeError(ORDER, 'place', 'constructor', '').code).toBe('EXCHANGE_IN_DOUBT');
    expect(codeError(ORDER, 'place', 'ERR-201', '').code).toBe('EXCHANGE_REFUSED');
    expect(codeError(ORDER, 'place', 'ERR-5012', '').code).toBe('EXCHANGE_AUTH');
    expect(codeError(ORDER, 'place', 'ERR-5008', '').code).toBe('CLOCK_SKEW');
    expect(codeError(ORDER, 'place', 'ERR-5009', '').code).toBe('CLOCK_SKEW');
    for (const code of ['ERR-5201', 'ERR-5202', 'ERR-5203']) {
      expect(codeError(ORDER, 'place', code, '').code).toBe('EXCHANGE_MAINTENANCE');
    }
  });

  it('gives a read something to try again', () => {
    expect(codeError(ORDER, 'read', 'ERR-5003', '')).toMatchObject({ code: 'EXCHANGE_RATE_LIMITED', retryable: true });
    expect(codeError(ORDER, 'read', 'ERR-554', '')).toMatchObject({ code: 'EXCHANGE_UNREACHABLE', retryable: true });
    expect(codeError(ORDER, 'read', 'ERR-5106', 'x')).toMatchObject({ code: 'EXCHANGE_REFUSED', retryable: false });
  });

  it('speaks in whole sentences', () => {
    for (const [code, { meaning }] of Object.entries(GMO_ERROR_CODES)) {
      expect(code).toMatch(/^ERR-\d+$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
    expect(codeEntry('ERR-1')).toBeUndefined();
    expect(codeError(ORDER, 'place', 'ERR-201', 'Trading margin is insufficient').message).toBe(
      'GMO Coin answered ERR-201 "Trading margin is insufficient" to POST /v1/order. There are not enough funds.',
    );
  });

  it('takes a page that is not found for a wrong address, and other foreign answers for an outage', () => {
    const wrong = { code: 'EXCHANGE_BAD_ANSWER', retryable: false };
    expect(badAnswerError(ORDER, 'read', 404, '<html>')).toMatchObject(wrong);
    for (const status of [200, 502]) {
      expect(badAnswerError(ORDER, 'read', status, '<html>')).toMatchObject({ ...wrong, retryable: true });
    }
  });

  it('leaves every placement without an answer in doubt', () => {
    expect(badAnswerError(ORDER, 'place', 200, '<html>')).toMatchObject({
      code: 'EXCHANGE_IN_DOUBT',
      retryable: false,
    });
    for (const kind of ['timeout', 'connection'] as const) {
      const failure = { kind, started: false, message: 'gone' };
      expect(noAnswerError({ ...ORDER, host: 'h' }, 'place', failure)).toMatchObject({
        code: 'EXCHANGE_IN_DOUBT',
        retryable: false,
      });
      expect(noAnswerError({ ...ORDER, host: 'h' }, 'cancel', failure).code).toBe('EXCHANGE_IN_DOUBT');
      expect(noAnswerError({ ...ORDER, host: 'h' }, 'read', failure)).toMatchObject({
        code: 'EXCHANGE_UNREACHABLE',
        message: expect.stringMatching(/: gone\. Check the network/),
      });
    }
  });
});

describe('the README', () => {
  it('lists every code with its outcome and meaning', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| ERR-'));
    expect(rows).toEqual(
      Object.entries(GMO_ERROR_CODES).map(
        ([code, { outcome, cause, meaning }]) => `| ${code} | ${outcome} | ${cause} | ${meaning} |`,
      ),
    );
  });
});
