import { AlphaError } from '../../errors/alpha-error.js';
import type { PublishResult } from '../event-bus.js';
import { fenced, hole } from '../refusals.js';
import type { AppendCall } from './append-script.js';
import type { RedisLink } from './redis-link.js';
import { redisError, troubleOf } from './redis-trouble.js';

interface Sent extends AppendCall {
  /** Order of the call on this line. */
  readonly number: number;
  /** Of `performance.now()`. */
  readonly deadline: number;
  /** The server does not know the script: its source goes along. */
  whole: boolean;
  readonly resolve: (result: PublishResult) => void;
  readonly reject: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 500;

/**
 * Appends in the order of the calls, many in flight. When one is cut off (its outcome unknown), the calls behind it wait;
 * once nothing is in flight any more, it and those that met a hole because of it are sent again in order. The script
 * appends once, so sending again is safe; the order keeps it from refusing.
 */
export class AppendLine {
  readonly #link: RedisLink;
  #number = 0;
  #flying = 0;
  /** Calls that must be sent (again), in any order; while there are some, nothing else is sent. */
  #again: Sent[] = [];
  #pauseMs = FIRST_PAUSE_MS;
  #isResending = false;
  readonly #idle: (() => void)[] = [];

  constructor(link: RedisLink) {
    this.#link = link;
  }

  send(call: AppendCall): Promise<PublishResult> {
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + this.#link.patienceMs;
      const sent: Sent = { ...call, number: this.#number++, deadline, whole: false, resolve, reject };
      if (this.#again.length > 0) this.#again.push(sent);
      else if (this.#link.main.status === 'ready') this.#fly(sent);
      else this.#putBack(sent);
    });
  }

  /** Resolves when nothing is in flight. */
  async settled(): Promise<void> {
    if (this.#flying > 0 || this.#again.length > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #fly(sent: Sent): void {
    this.#flying += 1;
    const { main } = this.#link;
    const { script, whole, keys, args } = sent;
    const [command, body] = whole ? ['eval', script.source] : ['evalsha', script.sha];
    main.call(command, body, keys.length, ...keys, ...args).then(
      (said) => this.#answered(sent, said),
      (error) => this.#failed(sent, error),
    );
  }

  #answered(sent: Sent, answer: unknown): void {
    this.#flying -= 1;
    if (typeof answer === 'number') {
      this.#pauseMs = FIRST_PAUSE_MS;
      sent.resolve({ appended: answer, skipped: sent.count - answer });
    } else {
      const refusal = refusalOf(answer as string[], sent, this.#link.where);
      const isBehindFailed = this.#again.some(({ number }) => number < sent.number);
      const waits = AlphaError.is(refusal, 'BUS_FULL') && performance.now() < sent.deadline && !this.#link.closed;
      if (waits || (isBehindFailed && AlphaError.is(refusal, 'BUS_SEQUENCE_HOLE'))) this.#putBack(sent);
      else sent.reject(refusal);
    }
    this.#landed();
  }

  #failed(sent: Sent, error: unknown): void {
    this.#flying -= 1;
    if (troubleOf(error) === 'final' || performance.now() >= sent.deadline) {
      sent.reject(redisError(error, this.#link.where));
    } else if (this.#link.closed) {
      sent.reject(new AlphaError('BUS_CLOSED', 'The bus was closed before Redis answered; the outcome is unknown.'));
    } else {
      sent.whole = troubleOf(error) === 'unknown-script';
      this.#putBack(sent);
    }
    this.#landed();
  }

  #putBack(sent: Sent): void {
    this.#again.push(sent);
    if (this.#flying === 0 && this.#again.length === 1) queueMicrotask(() => this.#landed());
  }

  #landed(): void {
    if (this.#flying > 0) return;
    if (this.#again.length > 0) {
      if (!this.#isResending) void this.#resend();
      return;
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #resend(): Promise<void> {
    this.#isResending = true;
    await this.#link.pause(this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    const [first] = this.#again.sort((a, b) => a.number - b.number);
    let stopped: unknown = null;
    await this.#link.ready(this.#link.main, first!.deadline).catch((error) => {
      stopped = error;
    });
    this.#isResending = false;
    const again = this.#again.sort((a, b) => a.number - b.number);
    this.#again = [];
    for (const sent of again) {
      if (this.#link.closed || (stopped !== null && performance.now() >= sent.deadline)) {
        sent.reject(stopped ?? new AlphaError('BUS_CLOSED', 'The bus was closed before Redis answered.'));
      } else if (stopped !== null || this.#again.length > 0) {
        this.#again.push(sent);
      } else {
        this.#fly(sent);
      }
    }
    this.#landed();
  }
}

function refusalOf([kind, name, third, fourth]: string[], { writer }: AppendCall, where: string): AlphaError {
  switch (kind) {
    case 'fenced':
      return fenced(name!, writer, third === '' ? null : Number(third));
    case 'hole':
      return hole({ series: name!, expected: Number(third), got: Number(fourth) });
    default:
      return new AlphaError(
        'BUS_FULL',
        `Stream ${name} on Redis at ${where} reached its ceiling (${third}) and its readers still need what is there; start the readers that are behind, or drop the groups nobody reads any more.`,
        { context: { stream: name }, retryable: true },
      );
  }
}
