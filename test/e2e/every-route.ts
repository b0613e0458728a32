import { readFileSync } from 'node:fs';
import { UNSEALED, type UnsealedRoute } from '#http';
import { receiptOf } from './answers.js';
import { ROOT } from './run.js';
import { routesOfNode, type Route } from './routes.js';
import type { System } from './system.js';

/** Without a body the router refuses a QUERY before anybody is asked who he is. */
const FORM = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '_count=1' };

/** Routes that answer without a seal, by the name that they have on the closed list. */
const UNSEALED_PATHS: Readonly<Record<string, UnsealedRoute>> = {
  '/fhir/R4/.well-known/smart-configuration': 'smart-configuration',
  '/health/live': 'health',
  '/health/ready': 'health',
  '/metrics': 'metrics',
  '/log/:tenant/*': 'log',
  '/consent/challenges': 'challenge',
};
const PARAMETERS: Readonly<Record<string, string>> = { ':tenant': 'default', ':index': '0' };
const pathOf = (url: string) =>
  url.replaceAll(
    /:\w+|\*/g,
    (name) => PARAMETERS[name] ?? (name === '*' ? 'checkpoint' : `0x${'0'.repeat(64)}`),
  );

/** What holds of every route of a running system: for a `describe` of it. */
export function everyRoute(system: System): void {
  let routes: readonly Route[] = [];
  beforeAll(async () => {
    // fetch sends no TRACE
    routes = (await routesOfNode()).filter(({ method }) => method !== 'TRACE');
  });

  it('is known to this test, and the unsealed ones are on the closed list', () => {
    const urls = new Set(routes.map(({ url }) => url));
    expect(urls.size).toBeGreaterThan(10);
    expect(Object.keys(UNSEALED_PATHS).filter((url) => !urls.has(url))).toEqual([]);
    expect(UNSEALED).toEqual(expect.arrayContaining(Object.values(UNSEALED_PATHS)));
    const mounts = readFileSync(`${ROOT}apps/standalone/src/node.main.ts`, 'utf8').match(/path: '[^']+'/g);
    expect(mounts).toEqual(["path: '/oauth'"]);
  });

  it('answers with a receipt whoever asks with a token, unless it is on the closed list', async () => {
    const asked = routes.filter(({ url }) => UNSEALED_PATHS[url] === undefined);
    for (const client of ['demo-app', 'administrator', 'steward', 'wallet']) {
      for (const { method, url } of asked) {
        // oxlint-disable-next-line no-await-in-loop -- a walk
        const answer = await system.ask(pathOf(url), { method, client, ...(method === 'QUERY' ? FORM : {}) });
        const seen = { client, method, url, status: answer.status, sealed: receiptOf(answer) !== undefined };
        expect(seen).toEqual({ ...seen, sealed: true });
        expect(answer.status).toBeLessThan(500);
      }
    }
  });

  it('seals every interaction of the FHIR API but the CapabilityStatement', async () => {
    const id = system.person(0).patient;
    const own = ['/Patient', `/Patient/${id}`, `/Patient/${id}/_history`, `/Patient/${id}/_history/x`];
    const not = ['/Nothing', '/Patient?gender=x', '/Patient/$everything', '/', '/_history', '/Patient/a/b/c'];
    for (const path of [...own, ...not]) {
      // oxlint-disable-next-line no-await-in-loop -- a walk
      const answer = await system.fhir('demo-app', path);
      const seen = { path, status: answer.status, sealed: receiptOf(answer) !== undefined };
      expect(seen).toEqual({ ...seen, sealed: true });
    }
    expect(receiptOf(await system.fhir('demo-app', '/metadata'))).toBeUndefined();
  });

  it('on the closed list answers the same to everybody, without a receipt', async () => {
    for (const { method, url } of routes.filter((each) => UNSEALED_PATHS[each.url] !== undefined)) {
      // oxlint-disable-next-line no-await-in-loop -- a walk
      const answer = await system.ask(pathOf(url), { method, client: 'demo-app' });
      expect({ url, status: answer.status, receipt: receiptOf(answer) }).toEqual({
        url,
        status: 200,
        receipt: undefined,
      });
    }
  });
}
