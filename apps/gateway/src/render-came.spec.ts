import type { KeyedWrite, WriteAnswer, WriteState } from '#store';
import { renderAgain, WRITE_REFERENCE } from './render-came.js';

const BASE = { fhirBase: 'https://gateway.test/fhir/R4' };

function kept(state: WriteState, answer?: Partial<WriteAnswer>): KeyedWrite {
  return {
    id: 'w-1',
    client: 'app',
    key: 'k',
    request: new Uint8Array(32),
    interaction: 'create',
    target: {
      source: 'northside',
      type: 'Condition',
      id: 'c-1',
      patient: undefined,
      sourceId: undefined,
      sourceVersion: undefined,
    },
    openedMs: 0,
    expiresMs: 1,
    state,
    answer:
      answer === undefined
        ? undefined
        : { status: 0, id: undefined, versionId: undefined, reason: undefined, ...answer },
    closedMs: undefined,
    recordId: 'r',
    leaf: '',
    endRecordId: undefined,
    lookups: 0,
  };
}

describe('renderAgain', () => {
  it('tells status and version of what was done, and where it is of what was created', () => {
    const done = kept('done', { status: 201, id: 'c-1', versionId: 'v-1' });
    const created = renderAgain({ interaction: { kind: 'create', type: 'Condition' } }, done, BASE);
    expect([created.status, created.headers['etag'], created.body.byteLength]).toEqual([201, 'W/"v-1"', 0]);
    expect(created.headers['location']).toBe('https://gateway.test/fhir/R4/Condition/c-1/_history/v-1');
    const ref = { type: 'Condition', id: 'c-1' };
    const deleted = kept('done', { status: 204, id: 'c-1', versionId: 'v-2' });
    const gone = renderAgain({ interaction: { kind: 'delete', ref } }, deleted, BASE);
    expect([gone.status, gone.headers['location']]).toEqual([204, undefined]);
  });

  it('refuses again what was refused, by its code', () => {
    const refused = kept('refused', { status: 409, reason: 'version-conflict' });
    const answer = renderAgain({ interaction: { kind: 'create', type: 'Condition' } }, refused, BASE);
    expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([
      409,
      expect.stringContaining('version-conflict'),
    ]);
    const strange = kept('refused', { status: 409, reason: 'toString' });
    expect(renderAgain({ interaction: { kind: 'create', type: 'Condition' } }, strange, BASE).status).toBe(
      500,
    );
  });

  it.each(['open', 'unknown'] as const)('asks to wait while a write is %s, and names it', (state) => {
    const answer = renderAgain({ interaction: { kind: 'create', type: 'Condition' } }, kept(state), BASE);
    expect([answer.status, answer.headers['retry-after'], answer.headers[WRITE_REFERENCE]]).toEqual([
      503,
      '30',
      'w-1',
    ]);
  });
});
