import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Paths of PEM files. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A private authority, and a certificate of it for 127.0.0.1 that serves servers and clients, in the folder. */
export async function makeCertificates(folder: string, name: string): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: `${name} authority` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const own = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const write = async (what: string, text: string) => {
    const path = join(folder, `${name}-${what}.pem`);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    ca: await write('ca', authority.cert),
    cert: await write('cert', own.cert),
    key: await write('key', own.private),
  };
}
