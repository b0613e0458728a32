import { sha256 } from '#digest';
import type { Accepted, Delivery } from '#ehr';
import { deliverMessage, type DeliveredMessage } from './deliver-message.js';
import { convertHere, makeMessage } from './testing/messages.js';

const RECEIVED_MS = Date.parse('2026-03-01T17:35:00Z');

describe('deliverMessage', () => {
  const deliveries: Delivery[] = [];
  beforeEach(() => {
    deliveries.length = 0;
  });

  function deliver(bytes: Uint8Array): Promise<DeliveredMessage> {
    const sink = {
      accept: (_permit: unknown, delivery: Delivery): Promise<Accepted> => {
        deliveries.push(delivery);
        return Promise.resolve({ versions: [], issues: [] });
      },
    };
    const message = {
      kind: 'message',
      id: 'i1',
      source: 'lakeview',
      bytes,
      sender: 'LAKEVIEW|WARD',
    } as const;
    return deliverMessage(
      { sink, normalise: convertHere },
      { ...message, digest: sha256(bytes), receivedMs: RECEIVED_MS },
    );
  }

  it('hands on what a message became, with the time that it tells and where it came from', async () => {
    const bytes = makeMessage({ time: '20260301103000-0700', patient: 'P1' });
    await expect(deliver(bytes)).resolves.toEqual({ kind: 'done', state: 'converted' });
    expect(deliveries).toMatchObject([
      {
        source: 'lakeview',
        patient: { sourceId: 'urn:id:lakeview:MRN|P1' },
        atMs: RECEIVED_MS,
        eventMs: Date.parse('2026-03-01T17:30:00Z'),
        lineage: {
          sender: 'LAKEVIEW|WARD',
          inboxId: 'i1',
          digest: Buffer.from(sha256(bytes)).toString('hex'),
        },
        inbox: { id: 'i1', state: 'converted' },
      },
    ]);
    expect(deliveries[0]?.resources.map(({ type }) => type)).toContain('Patient');
    expect(deliveries[0]?.inbox?.issues.map(({ code }) => code)).not.toContain('invalid-value');
  });

  it('believes a clock that goes a little ahead', async () => {
    await deliver(makeMessage({ time: '20260301103900-0700' }));
    expect(deliveries).toMatchObject([{ eventMs: RECEIVED_MS + 4 * 60_000 }]);
  });

  it('lets no message of a time to come overrule what is sent until then', async () => {
    await deliver(makeMessage({ time: '21260301103000-0700' }));
    expect(deliveries).toMatchObject([{ eventMs: RECEIVED_MS }]);
    expect(deliveries[0]?.inbox?.issues).toContainEqual({
      severity: 'warning',
      code: 'invalid-value',
      type: undefined,
      expression: 'EVN-2',
    });
  });

  it('delivers nothing of what is no message', async () => {
    await expect(deliver(Buffer.from('noise'))).resolves.toMatchObject({
      kind: 'failed',
      reason: 'malformed',
      issues: [{ code: 'malformed' }],
    });
    expect(deliveries).toEqual([]);
  });
});
