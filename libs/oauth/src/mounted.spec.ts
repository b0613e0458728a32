import { createFastify, createLogger, createMetrics, logOutput } from '#http';
import type { FastifyInstance } from 'fastify';
import { bearerOf } from './authenticate.js';
import type { AuthorizationServer } from './authorization-server.js';
import {
  addClient,
  ask,
  assertionOf,
  startOauth,
  tokenForm,
  type OauthFixture,
} from './testing/oauth-fixture.js';

/** The way that the applications mount it: behind the limits, ids and headers of the shared server. */
describe('the authorization server under the shared HTTP server', () => {
  let oauth: OauthFixture;
  let fastify: FastifyInstance;
  let origin: string;
  const mounted: { server?: AuthorizationServer } = {};

  beforeAll(async () => {
    const metrics = createMetrics();
    fastify = createFastify({
      config: {
        BODY_LIMIT_BYTES: 1_000_000,
        HEADER_LIMIT_BYTES: 16_384,
        CONNECTIONS_MAX: 100,
        HEADERS_TIMEOUT_MS: 2_000,
        REQUEST_TIMEOUT_MS: 4_000,
        KEEP_ALIVE_TIMEOUT_MS: 1_000,
        PUBLIC_URL: undefined,
      },
      log: createLogger('silent', logOutput({ metrics })),
      metrics,
      mounts: [
        {
          path: '/oauth',
          handle: async (request, response) => mounted.server?.callback(request, response),
        },
      ],
    });
    origin = await fastify.listen({ port: 0, host: '127.0.0.1' });
    oauth = { ...(await startOauth(origin)), issuer: `${origin}/oauth` };
    mounted.server = oauth.server;
    await addClient(oauth);
  });
  afterAll(async () => {
    await fastify.close();
    await oauth.close();
  });

  it('gives a token that authenticates', async () => {
    const { status, body, headers } = await ask(oauth, tokenForm(await assertionOf(oauth)));
    expect(status).toBe(200);
    expect(headers.get('x-request-id')).not.toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
    const bearer = bearerOf(`Bearer ${JSON.stringify(body['access_token']).slice(1, -1)}`);
    await expect(oauth.server.authenticate(bearer)).resolves.toMatchObject({
      client: 'app',
      purpose: 'TREAT',
    });
  });

  it('discovers itself under the public origin', async () => {
    const document = await (await fetch(`${origin}/oauth/.well-known/openid-configuration`)).json();
    expect(document).toMatchObject({ issuer: `${origin}/oauth`, token_endpoint: `${origin}/oauth/token` });
  });

  it('refuses what it does not know in JSON', async () => {
    const response = await fetch(`${origin}/oauth/nowhere`, { method: 'DELETE' });
    expect(response.status).toBe(404);
    expect(await response.json()).toHaveProperty('error', 'invalid_request');
  });

  it('refuses a body above its own limit', async () => {
    const { status } = await ask(oauth, tokenForm(await assertionOf(oauth), { scope: 'x'.repeat(100_000) }));
    expect(status).toBe(400);
  });
});
