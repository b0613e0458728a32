import { GatewayError } from '#outcome';

/** Characters that JSON.stringify escapes, and surrogates, which must be looked at. */
// oxlint-disable-next-line no-control-regex -- these are the characters that need an escape
const SPECIAL = /[\u0000-\u001f"\\\ud800-\udfff]/;

/**
 * A string as JSON text with the shortest escapes (RFC 8785 3.2.2.2; ECMAScript's QuoteJSONString).
 *
 * @throws GatewayError `malformed` where it holds a lone surrogate.
 */
export function quote(value: string): string {
  if (!SPECIAL.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new GatewayError('malformed', { details: 'JSON: lone surrogate' });
  return JSON.stringify(value);
}

/** @throws GatewayError `malformed`: JSON has no NaN and no infinity. */
export function notFinite(): GatewayError {
  return new GatewayError('malformed', { details: 'JSON: number not finite' });
}
