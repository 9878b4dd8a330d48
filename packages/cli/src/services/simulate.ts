import { AlphaError, type Logger } from '@alpha-engine/core';
import type {
  GmoSimulator,
  GmoSimulatorOptions,
  SimulatorStats,
  TapeOrigin,
} from '@alpha-engine/gmo-adapter/simulator';
import { readFaultScript, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { balances as balancesKind } from '../config/kinds.js';
import { Secret } from '../config/secret.js';

/** What `alpha sim gmo` was told, as text and numbers. */
export interface SimulationText {
  readonly host: string;
  readonly port: number;
  readonly speed: string;
  readonly origin: string;
  readonly hold: number;
  readonly rounds: number;
  readonly loop: boolean;
  readonly lockstep: boolean;
  readonly tape?: string | undefined;
  /** Path of a script. */
  readonly faults?: string | undefined;
  readonly 'api-key': string;
  readonly 'api-secret': string;
  readonly balance: string;
}

/** Throws `USAGE` for a value that cannot be meant, and `FAULTS_INVALID`. */
export async function readSimulation(text: SimulationText): Promise<GmoSimulatorOptions> {
  const { host, port, hold, rounds, lockstep, loop, tape, 'api-key': apiKey, 'api-secret': apiSecret } = text;
  const speed = Number(text.speed);
  if (!(speed > 0 && speed <= 1000)) throw wrong('speed', text.speed, 'a number above 0 and up to 1000');
  const balances = balancesKind.schema.safeParse(text.balance);
  if (!balances.success) throw wrong('balance', text.balance, balancesKind.expects);
  return {
    host,
    port,
    speed,
    origin: readOrigin(text.origin),
    hold,
    lockstep,
    rounds: loop ? Number.POSITIVE_INFINITY : rounds,
    ...(tape !== undefined && { tape }),
    ...(text.faults !== undefined && { faults: await readFaultScript(text.faults) }),
    apiKey,
    apiSecret: new Secret(apiSecret).reveal(),
    balances: Object.fromEntries(Object.entries(balances.data).map(([asset, amount]) => [asset, amount.toString()])),
  };
}

function readOrigin(text: string): TapeOrigin {
  if (text === 'now' || text === 'tape') return text;
  const ts = Date.parse(text);
  if (Number.isNaN(ts)) throw wrong('origin', text, 'now, tape, or an ISO 8601 time such as 2024-08-09T00:00:00Z');
  return ts;
}

function wrong(flag: string, value: string, expects: string): AlphaError {
  return new AlphaError('USAGE', `--${flag} must be ${expects}; it is "${value}".`, { context: { flag, value } });
}

/** How often the tape is looked at for its beginning and end, wall milliseconds. */
const LOOK_EVERY_MS = 100;

/** Runs the simulator until `signal` aborts. Its addresses are in the line "simulator ready". */
export async function simulateGmo(
  options: GmoSimulatorOptions & { readonly logger: Logger },
  signal: AbortSignal,
): Promise<SimulatorStats> {
  const { logger } = options;
  const simulator = await startGmoSimulator(options);
  let watch: NodeJS.Timeout | undefined;
  try {
    const { port, restBaseUrl, wsPublicUrl, wsPrivateUrl, tape } = simulator;
    const { origin, conversion, licence } = tape;
    logger.info(
      { port, restBaseUrl, wsPublicUrl, wsPrivateUrl, apiKey: options.apiKey, tape: { origin, conversion, licence } },
      'simulator ready',
    );
    logger.info({}, `connect with: REST_BASE_URL=${restBaseUrl} WS_PUBLIC_URL=${wsPublicUrl}`);
    watch = watchTape(simulator, options, logger);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const stats = simulator.stats();
    logger.info({ ...stats }, 'simulator stopped');
    return stats;
  } finally {
    clearInterval(watch);
    await simulator.close();
  }
}

/** Tells when the tape begins (it may wait for its subscribers) and when it is over. */
function watchTape(
  simulator: GmoSimulator,
  { speed = 1, rounds = 1 }: GmoSimulatorOptions,
  logger: Logger,
): NodeJS.Timeout {
  const { start, end } = simulator.tape;
  let told: 'nothing' | 'started' | 'ended' = 'nothing';
  return setInterval(() => {
    const { held, ended } = simulator.clock();
    if (told === 'nothing' && !held) {
      told = 'started';
      logger.info({ lengthMs: Math.round(((end - start) * rounds) / speed) }, 'tape started');
    }
    if (told === 'started' && ended) {
      told = 'ended';
      logger.info({}, 'tape ended');
    }
  }, LOOK_EVERY_MS);
}
