import { createServer } from 'node:net';
import type { Config } from '#config';

/** Where the node answers, as clients see it. */
export interface Addresses {
  readonly port: number;
  readonly publicUrl: string;
  readonly fhirBase: string;
  readonly issuer: string;
  readonly tokenUrl: string;
}

/** The addresses of a configuration; a free port is found here, since tokens name their audience. */
export async function addressesOf(config: Config): Promise<Addresses> {
  const port = config.PORT === 0 ? await freePort(config.HOST) : config.PORT;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  const publicUrl = (config.PUBLIC_URL ?? `http://${host}:${port}`).replace(/\/$/, '');
  const issuer = `${publicUrl}/oauth`;
  return { port, publicUrl, fhirBase: `${publicUrl}/fhir/R4`, issuer, tokenUrl: `${issuer}/token` };
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
