import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { parseJwks, type PublicJwks } from '#smart';
import { isPublicAddress, publicLookup } from './address-rule.js';

/** How clients' keys are fetched. */
export interface FetchPolicy {
  readonly timeoutMs: number;
  /** Hosts that may lie at private addresses, and be reached without TLS. */
  readonly privateHosts: readonly string[];
}

/** A fetched key set, and how long its server allows keeping it; `undefined` where it does not say. */
export interface FetchedJwks {
  readonly jwks: PublicJwks;
  readonly maxAgeS: number | undefined;
}

const LIMIT_BYTES = 65_536;

/**
 * Fetches a JWK Set over https: public addresses only, no redirect, bounded time and size.
 *
 * @throws Error if it cannot be had, or is no key set
 */
export async function fetchJwks(uri: string, policy: FetchPolicy): Promise<FetchedJwks> {
  const response = await get(new URL(uri), policy);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`the key server answered ${response.statusCode ?? 'nothing'}`);
  }
  const jwks = parseJwks(JSON.parse(await bodyOf(response)));
  return { jwks, maxAgeS: maxAgeOf(response.headers['cache-control']) };
}

function get(url: URL, policy: FetchPolicy): Promise<IncomingMessage> {
  const isPrivate = policy.privateHosts.includes(url.hostname);
  if (!isPrivate) refusePrivate(url);
  const options = {
    agent: false as const,
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(policy.timeoutMs),
    ...(isPrivate ? {} : { lookup: publicLookup }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).get(url, options, resolve);
    request.on('error', reject);
  });
}

/** A literal address is never looked up, so it is judged here. */
function refusePrivate(url: URL): void {
  if (url.protocol !== 'https:') throw new Error('keys are fetched over https only');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (net.isIP(host) !== 0 && !isPublicAddress(host))
    throw new Error('the host is not on the public internet');
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > LIMIT_BYTES) throw new Error('the key set is too large');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function maxAgeOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/\bno-(store|cache)\b/i.test(header)) return 0;
  const [, seconds] = /\bmax-age=(\d{1,9})\b/i.exec(header) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
