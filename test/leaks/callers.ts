import { sha256, toHex } from '#digest';
import { GatewayError } from '#outcome';
import { principalOf, type Principal } from '#smart';
import { NOW_MS } from './inputs.js';

/** Who asks: what the token says. */
export interface Caller {
  readonly client: string;
  readonly scope: string;
  readonly purpose?: string;
  readonly patient?: string;
  /** The source that it owns. */
  readonly source?: string;
}

const EXPIRES_MS = NOW_MS + 3_600_000;

/** A token that carries its claims. */
export function tokenOf(caller: Caller): string {
  return `Bearer ${Buffer.from(JSON.stringify(caller)).toString('base64url')}`;
}

/** A token that was good until a moment ago. */
export const EXPIRED = 'Bearer expired';

/** Who a token stands for, as the authorization server would say it. */
export function principalOfToken(authorization: string | undefined, nowMs: number): Principal {
  if (authorization === undefined || !authorization.startsWith('Bearer ')) {
    throw new GatewayError('login-required');
  }
  if (authorization === EXPIRED || nowMs >= EXPIRES_MS) throw new GatewayError('token-expired');
  const text = Buffer.from(authorization.slice('Bearer '.length), 'base64url').toString();
  const claims: Record<string, unknown> = JSON.parse(text);
  return principalOf({
    tenant: 'default',
    client: claims['client'],
    scope: claims['scope'],
    patient: claims['patient'],
    purpose: claims['purpose'] ?? 'TREAT',
    user: undefined,
    organization: undefined,
    roles: [],
    source: claims['source'],
    tokenHash: toHex(sha256(authorization)),
    expiresMs: EXPIRES_MS,
  });
}
