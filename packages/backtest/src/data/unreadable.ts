import { AlphaError } from '@alpha-engine/core';

/** What the system and zlib say, in words that say what to do. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'there is no permission to read it',
  EPERM: 'there is no permission to read it',
  EISDIR: 'it is a folder',
  Z_BUF_ERROR: 'it is cut',
  Z_DATA_ERROR: 'it is damaged',
};

/** What a file that cannot be read to its end is refused with. `lines`: how many were read before; `otherwise`: said where the cause has no words of ours. */
export function unreadable(file: string, lines: number, cause: unknown, otherwise?: string): AlphaError {
  const { code = '', message = String(cause) } = cause as { readonly code?: string; readonly message?: string };
  // zlib says the same of a file that never was gzip.
  const why =
    code === 'Z_DATA_ERROR' && lines === 0 ? 'it is damaged, or no gzip file' : (WORDS[code] ?? otherwise ?? message);
  const after = lines === 0 ? '' : ` after line ${lines}`;
  return new AlphaError('DATA_UNREADABLE', `${file} cannot be read${after}: ${why}.`, {
    context: { file, lines },
    cause,
  });
}
