import { PRIVATE_CHANNELS } from '../private-channels.js';
import { isSymbol } from '../symbols.js';
import type { Fault, FaultKind } from './fault.js';

type Target = keyof Fault['on'];

const SOCKETS: readonly Target[] = ['stream', 'socket'];
const FRAMES: readonly Target[] = ['stream', 'socket', 'channel', 'symbol'];
const REQUESTS: readonly Target[] = ['path'];
const NOTHING: readonly Target[] = [];

/** What each fault can tell apart in what it acts on. */
const TARGETS: Readonly<Record<FaultKind, readonly Target[]>> = {
  handshake_refused: SOCKETS,
  handshake_hung: SOCKETS,
  handshake_dropped: SOCKETS,
  rest_unavailable: REQUESTS,
  rest_hung: REQUESTS,
  rest_too_many: REQUESTS,
  rest_unanswered: REQUESTS,
  rest_late: REQUESTS,
  rest_pretended: REQUESTS,
  fill_after_cancel: REQUESTS,
  cut: FRAMES,
  half_open: FRAMES,
  pings_unanswered: SOCKETS,
  subscribe_refused: FRAMES,
  subscribe_ignored: FRAMES,
  silence: FRAMES,
  duplicate: FRAMES,
  truncate: FRAMES,
  corrupt: FRAMES,
  unknown_field: FRAMES,
  unknown_value: FRAMES,
  crossed_book: FRAMES,
  empty_book: FRAMES,
  unsorted_book: FRAMES,
  delay: FRAMES,
  reorder: FRAMES,
  burst: FRAMES,
  slow_reader: FRAMES,
  maintenance: NOTHING,
  preopen: NOTHING,
  tokens_expired: NOTHING,
  outside_order: NOTHING,
  skewed_clock: NOTHING,
};

export interface TargetProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Why a fault, as it is written, could never act: it names what there is not, or what it cannot tell apart. */
export function targetProblems(fault: Fault): readonly TargetProblem[] {
  const { kind, on } = fault;
  const problems: TargetProblem[] = [];
  const wrong = (key: Target, message: string) => problems.push({ path: ['on', key], message });
  const known = targetsOf(fault);
  for (const key of Object.keys(on) as Target[]) {
    if (known.includes(key)) continue;
    const can = known.length === 0 ? 'the exchange as a whole' : `what has ${known.join(', ')}`;
    const waits = kind === 'cut' || kind === 'half_open' ? ' unless it waits for frames (`after`, `nth`)' : '';
    wrong(key, `cannot be told of \`${kind}\`, which acts on ${can}${waits}`);
  }
  const isPrivate = on.channel !== undefined && (PRIVATE_CHANNELS as readonly string[]).includes(on.channel);
  if (kind.endsWith('_book') && on.channel !== undefined && on.channel !== 'orderbooks')
    wrong('channel', `must be orderbooks, or left out: \`${kind}\` acts on books`);
  else if (kind.endsWith('_book') && on.stream === 'private') wrong('stream', 'carries no books');
  else if (on.channel !== undefined && on.stream !== undefined && isPrivate !== (on.stream === 'private'))
    wrong('stream', `does not carry ${on.channel}`);
  if (on.symbol !== undefined && !isSymbol(on.symbol)) wrong('symbol', unlisted(on.symbol));
  if (on.path !== undefined && !/^\/(public|private)(\/|$)/.test(on.path))
    wrong('path', 'must begin with /public or /private, as in /public/v1/trades');
  if (kind === 'outside_order' && !isSymbol(fault.symbol))
    problems.push({ path: ['symbol'], message: unlisted(fault.symbol) });
  return problems;
}

/** A cut that does not wait for frames is of sockets. */
function targetsOf({ kind, after, nth }: Fault): readonly Target[] {
  if (kind !== 'cut' && kind !== 'half_open') return TARGETS[kind];
  return after > 0 || nth > 1 ? FRAMES : SOCKETS;
}

function unlisted(symbol: string): string {
  return `${symbol} is not listed; GET /public/v1/symbols tells all symbols`;
}
