import { failureOf, errorOf, invalid } from './vendor-failure.js';

/** A request for a small JSON document that is no FHIR: discovery and tokens. */
export interface BoundedRequest {
  readonly source: string;
  readonly url: string;
  readonly form?: URLSearchParams;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 64 * 1024;

/**
 * Fetches a small JSON document; follows no redirect and stops at 64 KiB.
 *
 * @returns What the document holds, unchecked.
 * @throws GatewayError `source-timeout`, `source-unavailable`, `source-invalid`.
 */
export async function boundedJson(request: BoundedRequest): Promise<unknown> {
  const { source } = request;
  const text = await received(request);
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(source, 'answer is not JSON');
  }
}

async function received({ source, url, form, signal }: BoundedRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const post = form === undefined ? {} : { method: 'POST', body: form };
    const headers = { accept: 'application/json' };
    const response = await fetch(url, { ...post, headers, redirect: 'error', signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Refused(response);
    }
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > MAX_BYTES) {
        throw invalid(source, 'answer too large');
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw size > MAX_BYTES ? error : errorOf(source, failureOf(error));
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An answer with an error status, in the shape that `failureOf` reads. */
class Refused extends Error {
  readonly response: { readonly status: number };
  readonly config: { readonly headers: Headers };

  constructor(response: Response) {
    super(`status ${response.status}`);
    this.response = { status: response.status };
    this.config = { headers: response.headers };
  }
}
