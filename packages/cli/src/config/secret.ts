import { inspect } from 'node:util';
import type { Credentials } from '@alpha-engine/core';

const MASK = '***';
const known = new Set<string>();

/** A value that prints as `***` in JSON, `inspect`, template strings and errors. Only `reveal()` tells it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    // Shorter ones would blank out ordinary words; nothing an exchange issues is that short.
    if (value.length >= 6) known.add(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Key and secret in the shape an adapter wants, which still prints as `***`: the getters sit on the prototype. */
export class SecretCredentials implements Credentials {
  readonly #key: Secret;
  readonly #secret: Secret;

  constructor(key: Secret, secret: Secret) {
    this.#key = key;
    this.#secret = secret;
  }

  get apiKey(): string {
    return this.#key.reveal();
  }

  get apiSecret(): string {
    return this.#secret.reveal();
  }

  toJSON(): unknown {
    return { apiKey: MASK, apiSecret: MASK };
  }

  [inspect.custom](): string {
    return `Credentials { apiKey: ${MASK}, apiSecret: ${MASK} }`;
  }
}

/** Replaces every secret seen so far in a text that is about to be printed: the net under a library that quotes one. */
export function scrub(text: string): string {
  let clean = text;
  for (const value of known) {
    clean = clean.replaceAll(value, MASK);
    const quoted = JSON.stringify(value).slice(1, -1);
    if (quoted !== value) clean = clean.replaceAll(quoted, MASK);
    const encoded = encodeURIComponent(value);
    if (encoded !== value) clean = clean.replaceAll(encoded, MASK);
  }
  return clean;
}
