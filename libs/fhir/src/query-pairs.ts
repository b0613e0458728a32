import { GatewayError } from '#outcome';
import { SEARCH_LIMITS } from './search-limits.js';

/** A parameter as sent, decoded: name with its modifier, and value. */
export type QueryPair = readonly [name: string, value: string];

/**
 * Decodes `application/x-www-form-urlencoded` text; the one parser of query strings and of POST bodies.
 * @param text without a leading `?`.
 * @throws GatewayError `malformed` for a broken escape or a control character, `too-large` beyond the limits.
 */
export function queryPairs(text: string): QueryPair[] {
  if (text.length > SEARCH_LIMITS.text) throw new GatewayError('too-large', { details: 'query' });
  const parts = text.split('&').filter((part) => part !== '');
  if (parts.length > SEARCH_LIMITS.parameters) throw new GatewayError('too-large', { details: 'query' });
  return parts.map((part) => {
    const at = part.indexOf('=');
    return at === -1 ? [decode(part), ''] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
  });
}

function decode(text: string): string {
  const decoded = decodeEscapes(text.replaceAll('+', ' '));
  if (hasControl(decoded) || !decoded.isWellFormed()) {
    throw new GatewayError('malformed', { details: 'query: control character' });
  }
  return decoded;
}

function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GatewayError('malformed', { details: 'query: broken escape', cause });
  }
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

/** Encodes pairs again, for links; the FHIR separators stay readable. */
export function writePairs(pairs: readonly QueryPair[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/%(2C|3A|7C|2F|24)/g, (escape) => decodeURIComponent(escape));
}
