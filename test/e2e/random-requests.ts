import { seeded } from '../faults/seeded.js';
import { BODIES, ODD, SEARCHES } from './hostile-inputs.js';
import type { Route } from './routes.js';
import type { Ask } from './system.js';

const TYPES = ['application/json', 'application/fhir+json', 'application/x-www-form-urlencoded'];

/** A request, and where it goes. */
export interface RandomRequest {
  readonly path: string;
  readonly request: Ask;
}

/** Gives requests to any of the routes, as any of the clients or nobody, with hostile parameters, searches and bodies; the same ones for the same seed. */
export function randomRequests(
  seed: number,
  routes: readonly Route[],
  clients: readonly string[],
): () => RandomRequest {
  const random = seeded(seed);
  const pick = <T>(things: readonly T[]): T | undefined => things[Math.floor(random() * things.length)];
  const body = (): Pick<Ask, 'headers' | 'body'> =>
    random() < 0.2 ? {} : { headers: { 'content-type': pick(TYPES) ?? '' }, body: pick(BODIES)?.body ?? '' };
  return () => {
    const { method, url } = pick(routes) ?? { method: 'GET', url: '/' };
    const path = url.replaceAll(/:\w+|\*/g, () => encodeURIComponent(pick(ODD) ?? ''));
    const query = random() < 0.5 ? `?${pick(SEARCHES) ?? ''}` : '';
    const client = pick([...clients, undefined]);
    const isReading = ['GET', 'HEAD'].includes(method);
    const request = { method, ...(client === undefined ? {} : { client }), ...(isReading ? {} : body()) };
    return { path: `${path}${query}`, request };
  };
}
