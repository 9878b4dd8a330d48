import { AlphaError } from '../../errors/alpha-error.js';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const TLS_FILES = ['ca', 'cert', 'key'] as const;
type TlsFile = (typeof TLS_FILES)[number];
const SETTINGS: readonly string[] = [...TLS_FILES, 'sentinelUser', 'sentinelPassword'];

/** Where the bus is and how to get in, out of one URL. */
export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  readonly nodes: readonly RedisNode[];
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Of the Sentinels themselves, when they ask for one. */
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
  /** Paths of PEM files for TLS: a private authority, and this client's own certificate. */
  readonly files: Readonly<Partial<Record<TlsFile, string>>>;
  readonly db: number;
  /** Sentinel only: the name of the group of servers. */
  readonly masterName: string;
}

const FORM = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:(.*)@)?([^/?#@]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const NODE = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/;
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 } as const;

export const REDIS_URL_FORMS =
  'redis://[user:password@]host[:port][/db], rediss://… for TLS, redis+sentinel://host:port,host:port/name[/db] or redis+cluster://host:port,host:port';

/** Reads one of `REDIS_URL_FORMS`. Throws `CONFIG_INVALID` with a sentence that repeats no part of the URL: it may hold a password. */
export function parseRedisUrl(url: string): RedisTarget {
  const form = FORM.exec(url.trim());
  if (form === null) throw wrong('it has none of these forms');
  const [, scheme, variant, login = '', hosts = '', path = '', query = ''] = form;
  const kind = (variant ?? 'single') as RedisTarget['kind'];
  const nodes = hosts.split(',').map((node) => nodeOf(node, PORTS[kind]));
  if (kind === 'single' && nodes.length > 1) throw wrong('several hosts need redis+sentinel:// or redis+cluster://');
  const parts = path.split('/').filter((part) => part !== '');
  const masterName = kind === 'sentinel' ? (parts.shift() ?? '') : '';
  if (kind === 'sentinel' && masterName === '')
    throw wrong('the name of the Sentinel group is missing after the hosts');
  const db = Number(parts.shift() ?? 0);
  if (!Number.isInteger(db) || db < 0 || parts.length > 0) throw wrong('the database after the host is not a number');
  if (kind === 'cluster' && db !== 0) throw wrong('a Cluster has no database but 0');
  const settings = new URLSearchParams(query);
  const unknown = [...settings.keys()].find((name) => !SETTINGS.includes(name));
  if (unknown !== undefined) throw wrong(`its settings after ? are ${SETTINGS.join(', ')}`);
  const files = Object.fromEntries(
    TLS_FILES.flatMap((name) => {
      const path = settings.get(name);
      return path === null ? [] : [[name, path]];
    }),
  );
  if (scheme !== 'rediss' && Object.keys(files).length > 0) throw wrong('a certificate needs rediss://, for TLS');
  const [user = '', ...rest] = login.split(':');
  return {
    kind,
    nodes,
    tls: scheme === 'rediss',
    username: rest.length > 0 && user !== '' ? decoded(user) : undefined,
    password: rest.length > 0 ? decoded(rest.join(':')) : login === '' ? undefined : decoded(user),
    sentinelUsername: settings.get('sentinelUser') ?? undefined,
    sentinelPassword: settings.get('sentinelPassword') ?? undefined,
    files,
    db,
    masterName,
  };
}

/** The target without its secrets, for messages and logs. */
export function describeRedis({ kind, nodes, tls, db, masterName }: RedisTarget): string {
  const where = nodes.map(({ host, port }) => `${host}:${port}`).join(', ');
  const more = [
    kind === 'sentinel' ? `Sentinel group ${masterName}` : kind === 'cluster' ? 'Cluster' : '',
    db === 0 ? '' : `database ${db}`,
    tls ? 'TLS' : '',
  ].filter((part) => part !== '');
  return more.length === 0 ? where : `${where} (${more.join(', ')})`;
}

function nodeOf(text: string, defaultPort: number): RedisNode {
  const found = NODE.exec(text);
  const port = Number(found?.[2] ?? defaultPort);
  if (found === null || port < 1 || port > 65_535) throw wrong('a host or its port cannot be read');
  return { host: found[1]!.replace(/^\[|\]$/g, ''), port };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function wrong(why: string): AlphaError {
  return new AlphaError('CONFIG_INVALID', `REDIS_URL cannot be used: ${why}. Write ${REDIS_URL_FORMS}.`);
}
