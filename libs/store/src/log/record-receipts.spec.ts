import { randomBytes, randomUUID } from 'node:crypto';
import { parseStrict, toHex } from '#digest';
import {
  type AppendItem,
  ENTRY_CLASS,
  hashLeaf,
  readAccess,
  type SubjectDraft,
  verifyBundle,
} from '#provenance';
import type { RowChange } from '../change.js';
import { makeItem, makeRecord, makeSubject, makeWrite } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';
import { LogReader } from './log-reader.js';
import { RecordOpener } from './record-opener.js';
import { RecordReceipts } from './record-receipts.js';
import { SqlAnchorLog } from './sql-anchor-log.js';
import type { SqlLogStore } from './sql-log-store.js';

const [person, patient] = [randomUUID(), randomUUID()];
const subject = `0x${'ab'.repeat(32)}` as const;
const place = { chainId: '31337', contract: `0x${'cd'.repeat(20)}`, logId: '1' };
const body = Buffer.from('{"resourceType":"Bundle"}');

/** A record that binds the person to a subject on chain. */
function bindingItem(): AppendItem<RowChange> {
  const binding = {
    id: randomUUID(),
    patient,
    person,
    subject,
    signerHash: subject,
    rights: 'self',
    fromMs: 0,
    toMs: undefined,
    evidence: 'seen',
    statement: randomBytes(8),
    signature: randomBytes(65),
  } as const;
  const record = { ...makeRecord([makeSubject(person)]), class: ENTRY_CLASS.binding };
  return { record, writes: [{ kind: 'binding', binding }] };
}

/** What an answer about the person says, under a consent that rests on `binding`. */
function consented(binding: string): SubjectDraft {
  const basis = {
    kind: 'consent',
    consent: 'c1',
    chainId: '31337',
    contract: place.contract,
    subject,
    grantId: subject,
    version: 1,
    binding,
  } as const;
  const decision = { effect: 'permit', code: null, basis: [basis], obligations: [] } as const;
  return { ...makeSubject(person), patient, wire: body, decision };
}

describe('RecordReceipts', () => {
  let scene: LogScene;
  let log: SqlLogStore;
  let receipts: RecordReceipts;
  let records: RecordOpener;
  let anchors: SqlAnchorLog;
  let binding: string;
  beforeEach(async () => {
    scene = await LogScene.make();
    log = await scene.start();
    const { pool } = scene.database;
    records = new RecordOpener(pool, 'default', scene.vault());
    anchors = new SqlAnchorLog(pool, 'default');
    const reader = new LogReader(pool, 'default');
    receipts = new RecordReceipts({ pool, tenant: 'default', log: reader, records, anchors, vkeys: [] });
    await log.append([makeWrite({ person, patient, id: randomUUID() })]);
    await log.append([bindingItem()]);
    const [entry] = await log.entries(2n, 3n);
    binding = toHex(hashLeaf(entry ?? new Uint8Array()));
  });
  afterEach(() => scene.end());

  const append = async (...subjects: SubjectDraft[]): Promise<bigint> => {
    const [seal] = await log.append([makeItem(subjects)]);
    return seal?.index ?? -1n;
  };

  it('gives the client a receipt that anybody can verify, with the bytes that it got', async () => {
    const index = await append(consented(binding));
    const receipt = await receipts.receiptOf(index, { forClient: 'app-1' });
    const verdict = verifyBundle(receipt, scene.keys.policy, { wire: body });
    expect(verdict.checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(verdict.kind).toBe('valid-not-anchored');
    const forged = verifyBundle(receipt, scene.keys.policy, { wire: Buffer.from('{}') });
    expect(forged.kind).toBe('invalid');
  });

  it('shows a client neither how often others asked nor what was refused', async () => {
    const decision = { effect: 'refusal', code: 'no-rule', basis: [], obligations: [] } as const;
    const index = await append(consented(binding), { ...makeSubject(), decision });
    const receipt = await receipts.receiptOf(index, { forClient: 'app-1' });
    expect(receipt.openings.map(({ group }) => group).toSorted()).toEqual([
      'actor',
      'op',
      'request',
      'sub:0/content',
      'sub:0/decision',
    ]);
    expect(receipt.subEntries.map(({ position }) => position)).toEqual([0]);
    expect(receipt.salts.map(({ part }) => part).toSorted()).toEqual(['request', 'sub:0']);
    const shown = receipt.openings.map(({ bytes }) => Buffer.from(bytes).toString()).join();
    expect(shown).not.toContain('subjectSeq');
    expect(verifyBundle(receipt, scene.keys.policy).kind).toBe('valid-not-anchored');
  });

  it('shows an auditor every group', async () => {
    const index = await append(consented(binding), { ...makeSubject(), binding: null });
    const receipt = await receipts.receiptOf(index, 'auditor');
    expect(receipt.openings).toHaveLength(3 + 2 * 4);
    expect(verifyBundle(receipt, scene.keys.policy).kind).toBe('valid-not-anchored');
  });

  it('shows some of a record under a checkpoint that it is given, and says how much it left out', async () => {
    const index = await append(consented(binding), makeSubject(), { ...makeSubject(), binding: null });
    const checkpoint = await log.checkpoint();
    await append(makeSubject());
    const { bundle, left } = await receipts.excerptOf(index, { checkpoint, positions: [0], limit: 20 });
    expect(left).toBe(2);
    expect(bundle.tlogProof.endsWith(checkpoint)).toBe(true);
    expect(verifyBundle(bundle, scene.keys.policy).kind).toBe('valid-not-anchored');
    expect(readAccess(bundle)).toMatchObject({
      index: String(index),
      actor: { client: 'app-1' },
      subjects: [{ kind: 'shown', position: 0, person, patient, subjectSeq: '3', effect: 'permit' }],
    });
    const first = await receipts.excerptOf(index, { checkpoint, limit: 2 });
    expect(first.left).toBe(1);
    expect(readAccess(first.bundle).subjects.map(({ position }) => position)).toEqual([0, 1]);
  });

  it('shows that a sub-entry was erased, and gives nothing of a record whose part was altered', async () => {
    const index = await append(consented(binding));
    const options = { checkpoint: await log.checkpoint(), limit: 20 };
    await scene.vault().destroy({ kind: 'person', person });
    const { bundle } = await receipts.excerptOf(index, options);
    expect(readAccess(bundle)).toMatchObject({
      actor: { client: 'app-1' },
      subjects: [{ kind: 'erased', position: 0 }],
    });
    expect(verifyBundle(bundle, scene.keys.policy).kind).toBe('erased');
    await scene.database.admin('update log_private set sealed = $1 where idx = $2 and part = $3', [
      randomBytes(64),
      index,
      'op',
    ]);
    await expect(receipts.excerptOf(index, options)).rejects.toMatchObject({ code: 'integrity-failure' });
  });

  it('has no receipt of another client’s record, nor of one that is not there', async () => {
    const index = await append(consented(binding));
    const notFound = { code: 'not-found' };
    await expect(receipts.receiptOf(index, { forClient: 'app-2' })).rejects.toMatchObject(notFound);
    await expect(receipts.receiptOf(index + 1n, { forClient: 'app-1' })).rejects.toMatchObject(notFound);
    await expect(receipts.receiptOf(0n, { forClient: 'app-1' })).rejects.toMatchObject(notFound);
  });

  it('names the anchor that covers a record once its evidence is kept, also when the log has grown', async () => {
    const index = await append(consented(binding));
    const head = await log.head();
    await anchors.prepare(head, place);
    const at = { size: head.size, transaction: `0x${'01'.repeat(32)}`, block: 9n, blockHash: subject };
    await anchors.advance({ kind: 'included', ...at });
    expect((await receipts.receiptOf(index, 'auditor')).anchors).toEqual([]);
    const evidence = { codeHash: subject, header: '0xf90201', storageProof: ['0x01', '0x02'] };
    await anchors.advance({ kind: 'final', ...at }, evidence);
    const later = await append(makeSubject());
    const policy = {
      ...scene.keys.policy,
      chains: [
        {
          id: '31337',
          genesis: subject,
          development: true,
          contracts: [{ address: place.contract, codeHash: subject }],
        },
      ],
    };
    const receipt = await receipts.receiptOf(index, { forClient: 'app-1' });
    expect(receipt.anchors).toMatchObject([
      { size: head.size, block: '9', header: Buffer.from('f90201', 'hex') },
    ]);
    const options = {
      anchorsChecked: [{ anchor: 0, state: 'authentic' }],
      allowDevelopmentChain: true,
    } as const;
    expect(verifyBundle(receipt, policy, options).kind).toBe('valid-anchored');
    expect((await receipts.receiptOf(later, 'auditor')).anchors).toEqual([]);
  });

  it('says which part of a record was erased', async () => {
    const index = await append(consented(binding));
    await scene.vault().destroy({ kind: 'person', person });
    const opener = new RecordOpener(scene.database.pool, 'default', scene.vault());
    const opened = await opener.openRecord(index);
    expect(opened.kind).toBe('erased');
    expect(opened.groups.map(({ group }) => group)).toEqual(['actor', 'op', 'request']);
  });

  it('opens a range in order, each group as it was sealed', async () => {
    const index = await append(makeSubject(person));
    const range = await records.openRange(0n, index + 1n);
    expect(range.map((each) => each.index)).toEqual([0n, 1n, 2n, 3n]);
    const numbers = range.flatMap(({ groups }) =>
      groups.filter(({ group }) => group === 'sub:0/subject').map(({ bytes }) => parseStrict(bytes)),
    );
    expect(numbers).toMatchObject([
      { person, subjectSeq: '1' },
      { person, subjectSeq: '2' },
      { person, subjectSeq: '3' },
    ]);
    const ops = range.flatMap(({ groups }) => groups.filter(({ group }) => group === 'op'));
    expect(ops.map(({ bytes }) => parseStrict(bytes))).toMatchObject(
      ['1', '2', '3', '4'].map((gatewaySeq) => ({ gatewaySeq })),
    );
    await expect(records.openRange(0n, 5n)).rejects.toMatchObject({ code: 'integrity-failure' });
    await expect(records.openRange(0n, 1_001n)).rejects.toMatchObject({ code: 'invalid-value' });
  });

  it('opens nothing that its entry does not commit to', async () => {
    const vault = scene.vault();
    const [record] = await records.plainRange(1n, 2n);
    const [other] = await records.plainRange(2n, 3n);
    const plain = other?.parts.find(({ part }) => part === 'sub:0')?.plain ?? new Uint8Array();
    const aad = `log_private/${record?.recordId}/sub:0`;
    const { keyId, sealed } = await vault.wrap({ kind: 'person', person }, plain, aad);
    await scene.database.admin(
      'update log_private set key_id = $1, sealed = $2 where idx = 1 and part = $3',
      [keyId, sealed, 'sub:0'],
    );
    await expect(records.openRecord(1n)).rejects.toMatchObject({ code: 'integrity-failure' });
  });
});
