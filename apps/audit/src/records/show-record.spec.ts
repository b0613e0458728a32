import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  checkCheckpoint,
  parseBundle,
  verifyBundle,
  verifyConsistency,
  verifyInclusion,
  type TreeHead,
} from '#provenance';
import { makeItem, makeSubject } from '../../../../libs/store/src/testing/log-fixture.js';
import { proveConsistency } from '../proofs/prove-consistency.js';
import { proveInclusion } from '../proofs/prove-inclusion.js';
import { AuditWorld } from '../testing/audit-world.js';
import { fetchReceipt } from './fetch-receipt.js';
import { showRecord } from './show-record.js';

const proofSchema = z.object({ leaf: z.string().optional(), proof: z.array(z.base64()) });
const hashes = ({ proof }: z.infer<typeof proofSchema>) => proof.map((text) => Buffer.from(text, 'base64'));

describe('a record', () => {
  let world: AuditWorld;
  let index: string;
  const [anna, bert] = [randomUUID(), randomUUID()];

  beforeAll(async () => {
    world = await AuditWorld.make();
    const indexes = await world.seal(makeItem([makeSubject(anna), makeSubject(bert)]));
    index = String(indexes[0]);
  });
  afterAll(() => world.scene.end());

  /** Whom the newest record concerns. */
  async function newestPersons(): Promise<readonly unknown[]> {
    const { size } = await world.log.head();
    const { groups } = await world.records.openRecord(size - 1n);
    return groups
      .filter(({ group }) => group.endsWith('/subject'))
      .map(({ bytes }): unknown => JSON.parse(Buffer.from(bytes).toString()));
  }

  const trusted = async (): Promise<TreeHead> => {
    const { head } = checkCheckpoint(await world.log.checkpoint(), world.scene.keys.policy);
    if (head === undefined) throw new Error('not signed');
    return head;
  };

  it('is shown whole, and the showing is sealed with those whom it concerns', async () => {
    const { status, body } = await world.ask(showRecord, { index });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      index,
      class: 1,
      erased: [],
      groups: {
        op: { interaction: 'read' },
        actor: { client: 'app-1' },
        request: { method: 'GET' },
        'sub:0/subject': { person: anna },
        'sub:1/subject': { person: bert },
      },
    });
    expect(await newestPersons()).toMatchObject([
      { person: anna, patient: null },
      { person: bert, patient: null },
    ]);
  });

  it('has a receipt for an auditor, whoever’s access it records', async () => {
    const { body } = await world.ask(fetchReceipt, { index });
    const bundle = parseBundle(JSON.stringify(body));
    expect(verifyBundle(bundle, world.scene.keys.policy).kind).toBe('valid-not-anchored');
    expect(bundle.openings).toHaveLength(3 + 2 * 4);
    expect(await newestPersons()).toHaveLength(2);
  });

  it('is proved in a tree, and one tree in the next', async () => {
    const older = await trusted();
    const included = await world.ask(proveInclusion, { index, size: String(older.size) });
    const proof = proofSchema.parse(included.body);
    const leaf = Buffer.from(proof.leaf ?? '', 'hex');
    const { size, root } = older;
    expect(verifyInclusion({ leaf, index: BigInt(index), size, root }, hashes(proof))).toBe(true);
    const newer = await trusted();
    const sizes = { from: String(size), to: String(newer.size) };
    const grown = await world.ask(proveConsistency, sizes);
    const claim = { size1: size, root1: root, size2: newer.size, root2: newer.root };
    expect(newer.size).toBe(size + 1n);
    expect(verifyConsistency(claim, hashes(proofSchema.parse(grown.body)))).toBe(true);
  });

  it.each([
    ['a record that is not there', showRecord, { index: '999999' }, 404],
    ['an index that is none', showRecord, { index: '-1' }, 400],
    ['a receipt of a record that is not there', fetchReceipt, { index: '999999' }, 404],
  ])('is not %s', async (_what, operation, input, expected) => {
    expect((await world.ask(operation, input)).status).toBe(expected);
  });

  it('has no proof in a tree that is not there', async () => {
    expect((await world.ask(proveInclusion, { index: '0', size: '999999' })).status).toBe(400);
    expect((await world.ask(proveConsistency, { from: '0', to: '1' })).status).toBe(400);
    expect((await world.ask(proveConsistency, { from: '1', to: '1', more: 'x' })).status).toBe(400);
  });

  it('is closed to whoever is no auditor', async () => {
    expect((await world.ask(showRecord, { index }, 'steward')).status).toBe(403);
    expect((await world.ask(fetchReceipt, { index }, 'steward')).status).toBe(403);
    expect((await world.ask(proveInclusion, { index, size: '1' }, 'steward')).status).toBe(403);
    expect((await world.ask(proveConsistency, { from: '1', to: '1' }, 'steward')).status).toBe(403);
  });
});
