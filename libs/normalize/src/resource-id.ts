import { uuidv5 } from '#digest';

const URL_NAMESPACE = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
const NAMESPACE = uuidv5(URL_NAMESPACE, 'urn:proviso:source');

/**
 * Our id of a source's resource: UUIDv5 of source, type and the id or business key at the source.
 * Source ids and types hold no `|`, so the name is unambiguous.
 */
export function resourceIdOf(source: string, type: string, key: string): string {
  return uuidv5(NAMESPACE, `${source}|${type}|${key}`);
}
