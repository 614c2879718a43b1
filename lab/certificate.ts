// A certificate for the servers of one run, which nobody trusts and nobody has to: made by openssl in the folder of the run.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** RSA-2048, as the certificates of Istio's workloads are. */
export function makeCertificate(folder: string): Certificate {
  const [key, cert] = ['server.key', 'server.crt'].map((name) => join(folder, name));
  const subject = ['-subj', '/CN=server', '-days', '1', '-nodes'];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject];
  execFileSync('openssl', args, { stdio: 'ignore', timeout: 30_000 });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
