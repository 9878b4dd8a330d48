import { describe, expect, it, vi } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import { ERROR_CODES, type ErrorCode } from '../../src/errors/codes.js';

describe('AlphaError', () => {
  it('carries a code, a sentence, the values in it, the cause and whether trying again may help', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new AlphaError('STORE_UNAVAILABLE', 'The database at localhost does not answer.', {
      context: { host: 'localhost' },
      cause,
      retryable: true,
    });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'AlphaError',
      code: 'STORE_UNAVAILABLE',
      message: 'The database at localhost does not answer.',
      context: { host: 'localhost' },
      cause,
      retryable: true,
      exitStatus: 5,
    });
  });

  it('is careful by default: no context, no cause, not retryable', () => {
    const error = new AlphaError('USAGE', 'Unknown flag --foo.');
    expect(error.context).toEqual({});
    expect('cause' in error).toBe(false);
    expect(error.retryable).toBe(false);
  });

  it('is recognised across two installed copies, where instanceof fails', async () => {
    vi.resetModules();
    const other = await import('../../src/errors/alpha-error.js');
    const error = new other.AlphaError('BUS_CLOSED', 'The bus is closed.');
    expect(other.AlphaError).not.toBe(AlphaError);
    expect(error instanceof AlphaError).toBe(false);
    expect(AlphaError.is(error)).toBe(true);
    expect(AlphaError.is(error, 'BUS_CLOSED')).toBe(true);
    expect(AlphaError.is(error, 'BUS_FENCED')).toBe(false);
  });

  it.each([undefined, null, 'BUS_CLOSED', 7, {}, new Error('x'), { code: 'BUS_CLOSED' }])(
    'does not take %o for one',
    (value) => {
      expect(AlphaError.is(value)).toBe(false);
    },
  );

  it('keeps its marker out of sight', () => {
    expect(JSON.stringify(new AlphaError('USAGE', 'Unknown flag.'))).not.toContain('alpha-engine');
  });
});

describe('error codes', () => {
  it.each(Object.entries(ERROR_CODES))(
    '%s has an exit status and a meaning in a full sentence',
    (code, { exit, meaning }) => {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(exit).toBeGreaterThanOrEqual(1);
      expect(exit).toBeLessThan(64);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      expect(new AlphaError(code as ErrorCode, 'x').exitStatus).toBe(exit);
    },
  );
});
