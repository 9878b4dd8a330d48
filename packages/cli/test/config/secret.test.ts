import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret, SecretCredentials, scrub } from '../../src/config/secret.js';

const VALUE = 'k3y/with "odd" signs+1';
const secret = new Secret(VALUE);
const credentials = new SecretCredentials(secret, new Secret('another-secret-value'));

describe('a secret', () => {
  it.each([
    ['a template string', `${secret}`],
    ['concatenation', `key: ${String(secret)}`],
    ['JSON', JSON.stringify({ secret, nested: { credentials } })],
    ['inspect', inspect({ secret, credentials }, { depth: 9, showHidden: true })],
    ['an error', new Error(`wrong key ${secret}`).stack ?? ''],
    ['spread', JSON.stringify({ ...credentials })],
    ['Object.entries', JSON.stringify(Object.entries(secret))],
  ])('prints as *** or not at all in %s', (_where, text) => {
    expect(text).not.toContain('k3y');
    expect(text).not.toContain('another-secret');
  });

  it('is told only when asked for', () => {
    expect(secret.reveal()).toBe(VALUE);
    expect(credentials.apiKey).toBe(VALUE);
    expect(credentials.apiSecret).toBe('another-secret-value');
  });

  it('is taken out of a text somebody else made, also quoted and URL-encoded', () => {
    const text = `GET /?key=${encodeURIComponent(VALUE)} body ${JSON.stringify({ key: VALUE })} raw ${VALUE}`;
    expect(scrub(text)).toBe('GET /?key=*** body {"key":"***"} raw ***');
  });
});
