import type { IncomingMessage, ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';
import type { ClientRegistration, Principal, PublicJwks, TokenStore } from '#smart';
import { authenticate } from './authenticate.js';
import { ClientKeys } from './client-keys.js';
import { fetchJwks } from './fetch-jwks.js';
import { providerConfiguration } from './provider-configuration.js';
import { smartConfiguration, type SmartConfiguration } from './smart-configuration.js';

/** What an authorization server is made of. */
export interface AuthorizationServerOptions {
  /** Its URL without a slash at the end, such as `https://fhir.example.org/oauth`. */
  readonly issuer: string;
  /** The FHIR base URL: the audience of every token. */
  readonly fhirBase: string;
  readonly tenant: string;
  readonly store: TokenStore;
  /** Private signing keys. */
  readonly jwks: { readonly keys: readonly Readonly<Record<string, string>>[] };
  readonly accessTokenTtlS: number;
  readonly clockToleranceS: number;
  readonly clientKeys: {
    readonly maxAgeS: number;
    readonly timeoutMs: number;
    readonly privateHosts: readonly string[];
  };
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Told of failures on our side, and of keys that cannot be fetched. Never of what a client got wrong. */
  readonly onError: (error: unknown) => void;
  /** Whether a failure says that the store is away for now: then the answer is 503 and not 500. Absent: none does. */
  readonly isUnavailable?: (error: unknown) => boolean;
}

/** The authorization server, and the check of its tokens. */
export interface AuthorizationServer {
  /** Answers every request under the issuer's path. */
  callback(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Who holds a token. @throws GatewayError `login-required`, `token-expired`, `integrity-failure` */
  authenticate(bearer: string | undefined): Promise<Principal>;
  smartConfiguration(): SmartConfiguration;
}

/** Seconds that a client waits while the store is away. */
const RETRY_AFTER_S = '1';

/** Makes the authorization server. It starts nothing: mount `callback` under the issuer's path. */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const provider = new Provider(
    options.issuer,
    providerConfiguration({ ...options, keysOf: keySource(options) }),
  );
  const unavailable = new WeakSet<object>();
  provider.proxy = true;
  provider.use(async (ctx, next) => {
    await next();
    if (unavailable.has(ctx)) {
      ctx.body = { error: 'temporarily_unavailable', error_description: 'try again' };
      ctx.status = 503;
      ctx.set('retry-after', RETRY_AFTER_S);
    }
    if (ctx.status === 404 && !ctx.body) {
      ctx.body = { error: 'invalid_request', error_description: 'unknown path or method' };
      ctx.status = 404;
    }
    ctx.set('pragma', 'no-cache');
    if (!ctx.response.get('cache-control')) ctx.set('cache-control', 'no-store');
  });
  provider.on('server_error', (ctx, error) => {
    options.onError(error);
    if (options.isUnavailable?.(error) === true) unavailable.add(ctx);
  });
  const answer = provider.callback();
  return {
    callback: async (request, response) => {
      await answer(settle(request, new URL(options.issuer)), response);
    },
    authenticate: (bearer) => authenticate(options, bearer),
    smartConfiguration: () => smartConfiguration(options.issuer),
  };
}

/** Keys that cannot be fetched are no keys: the client is refused, and we hear why. */
function keySource(options: AuthorizationServerOptions): (client: ClientRegistration) => Promise<PublicJwks> {
  const keys = new ClientKeys((uri) => fetchJwks(uri, options.clientKeys), {
    maxAgeS: options.clientKeys.maxAgeS,
    clock: options.clock,
  });
  return async (client) => {
    if (client.jwks !== undefined) return client.jwks;
    try {
      return await keys.get(client.jwksUri ?? '');
    } catch (error) {
      options.onError(error);
      return { keys: [] };
    }
  };
}

/**
 * The library builds its URLs from what the request says of itself. A caller could say anything, so the request says what
 * the issuer is, and nothing of proxies on the way.
 */
function settle(request: IncomingMessage, issuer: URL): IncomingMessage {
  const path = request.url ?? '/';
  const inside = path.startsWith(`${issuer.pathname}/`) ? path.slice(issuer.pathname.length) : path;
  request.headers.host = issuer.host;
  request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
  delete request.headers['x-forwarded-host'];
  delete request.headers['x-forwarded-for'];
  request.url = inside;
  return Object.assign(request, { originalUrl: `${issuer.pathname}${inside}` });
}
