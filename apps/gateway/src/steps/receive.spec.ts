import type { WriteInteraction } from '#fhir';
import type { Incoming } from '#http';
import { GatewayError } from '#outcome';
import { principalOf } from '#smart';
import type { Scoped } from '../exchange.js';
import { receive } from './receive.js';

const FHIR = 'application/fhir+json';
const PATCH = 'application/json-patch+json';
const CREATE: WriteInteraction = { kind: 'create', type: 'Observation' };
const ref = { type: 'Observation', id: 'o' };
const UPDATE: WriteInteraction = { kind: 'update', ref };
const SEEN = 'W/"v1"';

function sending(
  interaction: WriteInteraction,
  body: string,
  more: Partial<Incoming>,
): Scoped<WriteInteraction> {
  const request: Incoming = {
    method: 'POST',
    path: '/Observation',
    query: '',
    body: Buffer.from(body),
    contentType: FHIR,
    authorization: undefined,
    accept: undefined,
    prefer: undefined,
    ifNoneMatch: undefined,
    requestId: 'r',
    receivedMs: 0,
    ...more,
  };
  const principal = principalOf({
    tenant: 'default',
    client: 'app',
    user: undefined,
    organization: undefined,
    roles: [],
    scope: 'system/*.cruds',
    patient: undefined,
    purpose: 'TREAT',
    tokenHash: 'ab'.repeat(32),
    expiresMs: 1,
  });
  return { request, interaction, principal, terms: [] };
}

async function told(
  interaction: WriteInteraction,
  body: string,
  more: Partial<Incoming> = {},
): Promise<string> {
  try {
    const advance = await receive(sending(interaction, body, more));
    if (advance.kind !== 'go') return advance.kind;
    return `${advance.state.sent.kind} ${advance.state.expected ?? 'none'}`;
  } catch (error) {
    return error instanceof GatewayError ? error.code : 'other';
  }
}

describe('receive', () => {
  it('reads what is to be written, and which version it changes', async () => {
    expect(await told(CREATE, '{"resourceType":"Observation"}')).toBe('resource none');
    expect(await told(UPDATE, '{"resourceType":"Observation","id":"o"}', { ifMatch: SEEN })).toBe(
      'resource v1',
    );
    expect(await told({ kind: 'patch', ref }, '[]', { contentType: PATCH, ifMatch: SEEN })).toBe('patch v1');
    expect(await told({ kind: 'delete', ref }, '', { contentType: undefined, ifMatch: SEEN })).toBe(
      'nothing v1',
    );
  });

  it.each([
    ['no body', '', 'malformed'],
    ['no JSON', '{', 'malformed'],
    ['a member twice', '{"resourceType":"Observation","id":"a","id":"b"}', 'malformed'],
    ['a lone surrogate', '{"resourceType":"Observation","id":"\\ud800"}', 'malformed'],
    ['too deep a nesting', `${'['.repeat(200)}${']'.repeat(200)}`, 'malformed'],
    ['a list', '[]', 'malformed'],
    ['another type', '{"resourceType":"Patient"}', 'invalid-value'],
    ['no type', '{}', 'invalid-value'],
  ])('refuses %s', async (_what, body, code) => {
    expect(await told(CREATE, body)).toBe(code);
  });

  it('refuses an update of another id, or of none', async () => {
    expect(await told(UPDATE, '{"resourceType":"Observation","id":"p"}', { ifMatch: SEEN })).toBe(
      'invalid-value',
    );
    expect(await told(UPDATE, '{"resourceType":"Observation"}', { ifMatch: SEEN })).toBe('invalid-value');
  });

  it('refuses to change what the client does not name the version of', async () => {
    const body = '{"resourceType":"Observation","id":"o"}';
    expect(await told(UPDATE, body)).toBe('precondition');
    expect(await told({ kind: 'patch', ref }, '[]', { contentType: PATCH })).toBe('precondition');
    expect(await told({ kind: 'delete', ref }, '')).toBe('precondition');
    expect(await told(UPDATE, body, { ifMatch: '*' })).toBe('invalid-value');
    expect(await told(UPDATE, body, { ifMatch: `${SEEN}, W/"v2"` })).toBe('invalid-value');
  });

  it('refuses another media type than the interaction takes', async () => {
    expect(await told(CREATE, '{}', { contentType: PATCH })).toBe('unsupported-media');
    expect(await told(CREATE, '{}', { contentType: undefined })).toBe('unsupported-media');
    expect(await told({ kind: 'patch', ref }, '[]', { ifMatch: SEEN })).toBe('unsupported-media');
  });

  it('refuses a conditional create', async () => {
    expect(await told(CREATE, '{"resourceType":"Observation"}', { ifNoneExist: 'a=b' })).toBe(
      'not-implemented',
    );
  });
});
