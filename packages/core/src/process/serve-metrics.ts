import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AlphaError } from '../errors/alpha-error.js';
import type { Logger } from '../telemetry/logger.js';
import type { MetricsRegistry } from '../telemetry/metrics.js';
import { type MetricsText, openMetricsText } from './metrics-text.js';
import { within } from './unless.js';

export interface MetricsServerOptions {
  /** 0: any free one. */
  readonly port: number;
  /** Address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** What `/metrics` wants as a bearer token. Absent: nothing. */
  readonly token?: string;
  readonly metrics: MetricsRegistry;
  /** Why this process is not ready, a sentence each; none when it is. What it throws is a reason too. */
  readonly reasons: () => Promise<readonly string[]>;
  /** Sets the gauges that must be looked up, before they are shown. */
  readonly refresh: () => Promise<void>;
  readonly logger: Logger;
}

export interface MetricsServer {
  /** For people: `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/** What one answer may wait for the bus or the database, milliseconds. */
const LOOK_UP_MS = 2000;

/**
 * Serves `/healthz` (the process lives and its event loop turns), `/readyz` (it does its work; otherwise 503 with the reasons) and `/metrics`.
 * Owns one listening socket; nothing that happens on it reaches the process. Throws `PORT_IN_USE` or `CONFIG_INVALID`.
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host = '127.0.0.1', logger, metrics, port } = options;
  const pages = new Pages(options, await openMetricsText(metrics));
  const server = createServer((request, response) => void pages.answer(request, response));
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  await listen(server, port, host);
  server.on('error', (error) => logger.warn({ error: String(error) }, 'The metrics server had trouble.'));
  const address = server.address() as { port: number };
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
  logger.info({ url }, 'metrics server ready');
  return {
    url,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new AlphaError(
        'PORT_IN_USE',
        `Port ${port} on ${host} is taken, so the metrics cannot be served there. Choose another with --metrics-port or METRICS_PORT: each process needs its own.`,
        { context: { port, host }, cause: error },
      );
    }
    throw new AlphaError(
      'CONFIG_INVALID',
      `The metrics cannot be served on ${host}, port ${port} (${code ?? String(error)}). Choose an address of this machine and a port it may use.`,
      { context: { port, host }, cause: error },
    );
  }
}

class Pages {
  readonly #options: MetricsServerOptions;
  readonly #text: MetricsText;
  readonly #expected: Buffer | undefined;
  readonly #refresh: () => Promise<void>;
  readonly #look: () => Promise<readonly string[]>;

  constructor(options: MetricsServerOptions, text: MetricsText) {
    this.#options = options;
    this.#text = text;
    this.#refresh = shared(async () => options.refresh());
    this.#look = shared(async () => options.reasons());
    this.#expected = options.token === undefined ? undefined : Buffer.from(`Bearer ${options.token}`);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [path] = (request.url ?? '').split('?');
      if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, { error: 'Only GET.' });
      if (path === '/healthz') return send(response, 200, { healthy: true, uptimeSeconds: process.uptime() });
      if (path === '/readyz') return await this.#readiness(response);
      if (path !== '/metrics') return send(response, 404, { error: 'There are /healthz, /readyz and /metrics.' });
      if (!this.#mayRead(request)) return send(response, 401, { error: 'A bearer token is needed.' });
      await this.#metrics(response);
    } catch (error) {
      this.#options.logger.warn({ error: String(error) }, 'The metrics server could not answer.');
      if (!response.headersSent) send(response, 500, { error: 'See the log of the process.' });
    }
  }

  async #readiness(response: ServerResponse): Promise<void> {
    const reasons = await this.#reasons();
    send(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { logger, metrics } = this.#options;
    const [reasons] = await Promise.all([
      this.#reasons(),
      soon(this.#refresh()).catch((error: unknown) =>
        logger.debug({ error: String(error) }, 'Some metrics show what they were before.'),
      ),
    ]);
    metrics.set('alpha_process_ready', reasons.length === 0 ? 1 : 0);
    response.writeHead(200, { 'content-type': this.#text.contentType });
    response.end(await this.#text.text());
  }

  async #reasons(): Promise<readonly string[]> {
    try {
      return await soon(this.#look());
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  #mayRead({ headers }: IncomingMessage): boolean {
    if (this.#expected === undefined) return true;
    const given = Buffer.from(headers.authorization ?? '');
    return given.length === this.#expected.length && timingSafeEqual(given, this.#expected);
  }
}

/** A look-up that nobody waits for any more goes on; whoever asks meanwhile gets its answer instead of starting another. */
function shared<Answer>(look: () => Promise<Answer>): () => Promise<Answer> {
  let inFlight: Promise<Answer> | undefined;
  return () => {
    inFlight ??= look().finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
}

function soon<Result>(work: Promise<Result>): Promise<Result> {
  return within(LOOK_UP_MS, `The bus or the database did not answer within ${LOOK_UP_MS / 1000} s.`, () => work);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
