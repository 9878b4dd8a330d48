import { Budget } from './budget.js';

/** What one process may ask of one exchange host. All limits of GMO Coin are per address or per account, none per socket. */
export interface HostLimits {
  /** WebSocket commands of all sockets together, public and private: whether GMO counts the two apart is unknown. */
  readonly commands: Budget;
  /** Public REST. Nothing is published; five a second were refused, two or three were safe. */
  readonly publicRest: Budget;
}

export interface AccountLimits {
  readonly get: Budget;
  readonly post: Budget;
}

/** 1.1 s where the rule says one a second: messages bunch up on the way. */
const COMMAND_SPACING_MS = 1_100;
const PUBLIC_REST_SPACING_MS = 400;
/** Tier 1: 20 GET and 20 POST a second, in any second: a burst, and what follows it at this spacing, stay below that together. */
const PRIVATE_SPACING_MS = 72;

// Process-wide on purpose: two adapters in one process share one address, and so one limit.
const hosts = new Map<string, HostLimits>();
const accounts = new Map<string, AccountLimits>();

export function hostLimits(restUrl: string): HostLimits {
  const { host } = new URL(restUrl);
  return ensure(hosts, host, () => ({
    // None in the first moment of a process: the one before it at this address may have sent its last command just now.
    commands: new Budget({ spacingMs: COMMAND_SPACING_MS, notBefore: COMMAND_SPACING_MS }),
    publicRest: new Budget({ spacingMs: PUBLIC_REST_SPACING_MS, burst: 2 }),
  }));
}

export function accountLimits(restUrl: string, accountId: string): AccountLimits {
  const { host } = new URL(restUrl);
  return ensure(accounts, `${host} ${accountId}`, () => ({
    get: new Budget({ spacingMs: PRIVATE_SPACING_MS, burst: 5 }),
    post: new Budget({ spacingMs: PRIVATE_SPACING_MS, burst: 5 }),
  }));
}

function ensure<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
