// Makes pglite/seed.tar.gz: an empty database cluster for first starts. Run by the build; does nothing when the seed was
// made by the PGlite that is installed.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';

const FOLDER = fileURLToPath(new URL('../pglite/', import.meta.url));
const SEED = join(FOLDER, 'seed.tar.gz');
const STAMP = join(FOLDER, 'seed.json');
const LAYOUT = 1;

const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
const { version } = JSON.parse(readFileSync(join(main.slice(0, main.lastIndexOf('/dist/')), 'package.json'), 'utf8'));
const stamp = `${JSON.stringify({ pglite: version, layout: LAYOUT })}\n`;

if (existsSync(SEED) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) process.exit(0);

const work = mkdtempSync(join(tmpdir(), 'alpha-seed-'));
try {
  const db = await PGlite.create({ dataDir: join(work, 'pgdata') });
  // Everything into the files, so that the log holds nothing to repeat.
  await db.exec('CHECKPOINT');
  await db.close();
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${SEED}.${process.pid}`, gzipSync(tar(join(work, 'pgdata')), { level: 9 }));
  renameSync(`${SEED}.${process.pid}`, SEED);
  writeFileSync(STAMP, stamp);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function tar(folder) {
  const blocks = [];
  const add = (path, type, content) => {
    const header = Buffer.alloc(512);
    header.write(path, 0, 100);
    header.write(type === '5' ? '0000700\0' : '0000600\0', 100);
    header.write('0000000\0', 108);
    header.write('0000000\0', 116);
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(type, 156);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    blocks.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512));
  };
  const walk = (path) => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        add(name, '5', Buffer.alloc(0));
        walk(name);
      } else if (entry.name !== 'postmaster.pid') {
        add(name, '0', readFileSync(join(folder, name)));
      }
    }
  };
  walk('');
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
