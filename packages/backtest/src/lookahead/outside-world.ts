import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { Random } from '../search/random.js';
import type { CodeWatch } from './watched-strategy.js';

/** Something that a strategy's code used and that is not among the arguments of its callbacks. */
export interface Touch {
  /** `Date.now()`, `Math.random()`, `fetch()`; `file` with its whole path. */
  readonly what: string;
  readonly file?: string;
  /** `create`, `onBar` …; `import`: while its file was loaded. */
  readonly where: string;
  /** Market time of the first; null outside of callbacks. */
  readonly ts: number | null;
  readonly count: number;
}

type Functions = Record<string, (...args: unknown[]) => unknown>;

const CLOCKS_MS = 86_400_000 * 1_001 + 12_345_678;
const READERS = ['readFileSync', 'openSync', 'readFile', 'open', 'createReadStream'] as const;
/** What whoever loads a module reads. */
const CODE = /(\.([cm]?[jt]sx?|node|map|wasm)|(package|tsconfig)\.json)$/;

/**
 * Watches what a strategy's code uses of the world around it: clocks, chance, files, network, other programs. Replaces the functions of the
 * process while it is open, and acts only while the strategy's code runs; `close` puts them back. In another `variation` clocks and chance say
 * something else, so that decisions that rest on them change.
 */
export class OutsideWorld implements CodeWatch {
  variation = 0;
  readonly #touches = new Map<string, { -readonly [Key in keyof Touch]: Touch[Key] }>();
  readonly #undo: (() => void)[] = [];
  #inside: { readonly what: string; readonly ts: number | null } | null = null;

  open(): void {
    const dates = globalThis.Date;
    const now = () => this.#clock('Date.now()', dates.now());
    const watchedDate = new Proxy(dates, {
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name, target)),
      apply: () => new dates(this.#clock('Date()', dates.now())).toString(),
      construct: (target, args, type) =>
        Reflect.construct(target, args.length === 0 ? [this.#clock('new Date()', dates.now())] : args, type),
    });
    this.#replace(globalThis, 'Date', watchedDate);
    const random = Math.random.bind(Math);
    this.#replace(Math, 'random', () => this.#chance('Math.random()', random));
    this.#replace(
      performance,
      'now',
      wrapped(performance, 'now', (real) => this.#clock('performance.now()', real() as number)),
    );
    for (const name of ['getRandomValues', 'randomUUID']) this.#noting(globalThis.crypto, name, 'crypto.');
    for (const name of ['randomBytes', 'randomUUID', 'randomInt']) this.#noting(crypto, name, 'crypto.');
    for (const name of READERS) this.#reading(fs, name);
    for (const name of ['readFile', 'open']) this.#reading(fs.promises, name);
    for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'])
      this.#noting(childProcess, name, 'child_process.');
    for (const name of ['request', 'get']) {
      this.#noting(http, name, 'http.');
      this.#noting(https, name, 'https.');
    }
    for (const name of ['connect', 'createConnection']) this.#noting(net, name, 'net.');
    this.#noting(globalThis, 'fetch', '');
    syncBuiltinESMExports();
  }

  close(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo();
    syncBuiltinESMExports();
  }

  enter(what: string, ts: number | null): void {
    this.#inside = { what, ts };
  }

  leave(): void {
    this.#inside = null;
  }

  touches(): readonly Touch[] {
    return [...this.#touches.values()];
  }

  #note(what: string, file?: string): boolean {
    const inside = this.#inside;
    // While it is loaded, the loader has a clock and chance of its own.
    if (inside === null || (inside.what === 'import' && file === undefined)) return false;
    const key = `${what} ${file} ${inside.what}`;
    const touch = this.#touches.get(key);
    if (touch !== undefined) touch.count += 1;
    else
      this.#touches.set(key, {
        what,
        ...(file !== undefined && { file }),
        where: inside.what,
        ts: inside.ts,
        count: 1,
      });
    return true;
  }

  #clock(what: string, real: number): number {
    return this.#note(what) ? real + this.variation * CLOCKS_MS : real;
  }

  #chance(what: string, real: () => number): number {
    return this.#note(what) && this.variation > 0 ? 1 - new Random(this.variation + real() * 1e9).next() : real();
  }

  #noting(target: object, name: string, prefix: string): void {
    this.#wrap(target, name, () => this.#note(`${prefix}${name}()`));
  }

  #reading(target: object, name: string): void {
    this.#wrap(target, name, ([file]) => {
      const path = file instanceof URL ? fileURLToPath(file) : String(file);
      if (this.#inside?.what === 'import' && CODE.test(path)) return;
      this.#note('file', resolve(path));
    });
  }

  #wrap(target: object, name: string, before: (args: readonly unknown[]) => void): void {
    const real = (target as Functions)[name];
    if (real === undefined) return;
    this.#replace(target, name, (...args: unknown[]) => {
      before(args);
      return Reflect.apply(real, target, args);
    });
  }

  #replace(target: object, name: string, value: unknown): void {
    const real = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
    this.#undo.push(() => {
      if (real === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, real);
    });
  }
}

function wrapped(target: object, name: string, around: (real: () => unknown) => unknown): () => unknown {
  const real = (target as Functions)[name] as () => unknown;
  return () => around(() => Reflect.apply(real, target, []));
}
