import { readdir } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AlphaError, type TradeArchive } from '@alpha-engine/core';
import { gmoAdapter } from '@alpha-engine/gmo-adapter';
import { describe, expect, it } from 'vitest';
import { download } from '../../src/services/download.js';
import { tempFolder } from '../support/temp-folder.js';

const [FROM, TO] = [Date.parse('2025-06-30T21:00:00Z'), Date.parse('2025-07-01T21:00:00Z')];
const HEADER = 'symbol,side,size,price,timestamp';

/** What comes of a day of BTC of 2025 when the exchange answers so. */
async function downloaded(answer: RequestListener, symbol = 'BTC') {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (asked > 20) request.destroy();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const folder = await tempFolder();
    const archive = gmoAdapter.tradeArchive?.({ endpoints: { restBaseUrl: url } }) as TradeArchive;
    const { signal } = new AbortController();
    const request = { archive, symbols: [symbol], from: FROM, to: TO, folder, signal, pauseMs: 0, onFile: () => {} };
    const result = await download(request).catch((error: unknown) => error);
    return { asked, files: await readdir(folder), result };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function errorIn(result: unknown): string {
  if (!AlphaError.is(result)) throw new Error(`It was taken: ${JSON.stringify(result)}`);
  return `${result.code}: ${result.message}`;
}

const bytes = (text: string): RequestListener => {
  const packed = gzipSync(text);
  return (_, response) => response.end(packed);
};

describe('what an exchange answers is not trusted', () => {
  it('nothing to give from the beginning on: one question', async () => {
    const { asked, result } = await downloaded((_, response) => response.writeHead(416).end());
    expect(errorIn(result)).toMatch(/^EXCHANGE_BAD_ANSWER: .* HTTP 416/);
    expect(asked).toBe(1);
  });

  it('refused for a day that is long over', async () => {
    const { result } = await downloaded((_, response) => response.writeHead(403).end());
    expect(errorIn(result)).toMatch(/^EXCHANGE_BAD_ANSWER: .* HTTP 403/);
  });

  it.each([
    ['of another symbol', `${HEADER}\nETH,BUY,1,100,2025-07-01 00:00:00.000\n`, 'it holds a trade of ETH'],
    [
      'whose last row is of another day',
      `${HEADER}\nBTC,BUY,1,100,2025-07-01 00:00:00.000\nBTC,BUY,1,100,2025-07-03 00:00:00.000\n`,
      'it holds a trade of 2025-07-03 00:00:00.000',
    ],
    ['of something else', '<html>Sorry</html>\n', 'its first line is "<html>Sorry</html>"'],
    ['of nothing', '', 'its first line is ""'],
  ])('a file %s', async (_what, text, why) => {
    const { files, result } = await downloaded(bytes(text));
    expect(errorIn(result)).toBe(`DATA_INVALID: 20250701_BTC.csv.gz came wrong from the exchange, 5 times: ${why}.`);
    expect(files).toEqual([]);
  });

  it('a file of the day and the symbol is taken', async () => {
    const { files } = await downloaded(bytes(`${HEADER}\nBTC,BUY,1,100,2025-07-01 00:00:00.000\n`));
    expect(files).toEqual(['20250701_BTC.csv.gz', '20250701_BTC.csv.gz.sha256']);
  });

  it('other bytes than were asked for', async () => {
    const { result } = await downloaded((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 7-9/10' }).end('abc'),
    );
    expect(errorIn(result)).toMatch(/^EXCHANGE_BAD_ANSWER: .* HTTP 206/);
  });

  it('a symbol never becomes part of a path', async () => {
    const { asked, files, result } = await downloaded(bytes(''), '../../x');
    expect(errorIn(result)).toBe('USAGE: "../../x" is no symbol of GMO Coin: they are written like BTC or BTC_JPY.');
    expect([asked, files]).toEqual([0, []]);
  });
});
