import {
  encodeGrantWord,
  type BlockEvents,
  type GrantOp,
  type Hex,
  type ProjectionStore,
  type RegistryEvent,
  type RegistryKey,
} from '#consent';

/** What a suite runs against. `counts` tells what a grant counts as now; leave it out where the adapter cannot tell. */
export interface ProjectionHarness {
  readonly store: ProjectionStore;
  readonly counts?: (subject: Hex, grantId: Hex) => Promise<'permit' | 'deny' | 'none'>;
  readonly stop?: () => Promise<void>;
}

const hex = (fill: number): Hex => `0x${fill.toString(16).padStart(64, '0')}`;

const KEY: RegistryKey = {
  chainId: '7',
  genesisHash: hex(1),
  contract: `0x${'c'.repeat(40)}`,
  codeHash: hex(2),
};
const SUBJECT = hex(0x5b);
const GRANT = hex(0x61);
const CONTACT_MS = 1_700_000_000_000;
const START: Omit<BlockEvents, 'events'> = {
  number: 10n,
  hash: hex(1000),
  parentHash: hex(999),
  time: 1_700_000_000,
};

/** Block 10 + n of the branch; branches have different hashes. */
function block(n: number, events: readonly RegistryEvent[] = [], branch = 0): BlockEvents {
  const hash = (at: number): Hex => (at === 0 ? START.hash : hex(1000 + branch * 10_000 + at));
  return { number: 10n + BigInt(n), hash: hash(n), parentHash: hash(n - 1), time: START.time + n, events };
}

function consent(kind: 'permit' | 'deny' | 'revoked', version: number, epoch = 0): RegistryEvent {
  const commitment = hex(0xabc);
  const word = { kind, from: 0, to: 0, epoch, version, commitmentLow: BigInt(commitment) };
  return {
    kind: 'consent',
    logIndex: 1,
    transaction: hex(0x77),
    subject: SUBJECT,
    grantId: GRANT,
    state: encodeGrantWord(word),
    commitment,
    by: hex(0x51),
  };
}

function opened(): RegistryEvent {
  return {
    kind: 'subject',
    logIndex: 0,
    transaction: hex(0x77),
    subject: SUBJECT,
    signerHash: hex(0x51),
    keyEpoch: 0,
  };
}

function revokedAll(epoch: number): RegistryEvent {
  return { kind: 'revoked-all', logIndex: 0, transaction: hex(0x77), subject: SUBJECT, epoch, locked: false };
}

function revocation(version: number): GrantOp {
  return { grantId: GRANT, commitment: hex(0), kind: 3, from: 0, to: 0, version };
}

/** What every `ProjectionStore` must do. `make` gives an empty store each time. */
export function shouldBehaveLikeProjectionStore(make: () => Promise<ProjectionHarness>): void {
  let harness: ProjectionHarness;
  let store: ProjectionStore;

  beforeEach(async () => {
    harness = await make();
    store = harness.store;
  });
  afterEach(async () => {
    await harness.stop?.();
  });

  shouldKeepCheckpoints(() => store);
  shouldMove(() => store);
  shouldUndo(() => store);
  shouldRestore(() => store);
  shouldKeepWords(() => store);
  shouldCount(() => harness);
  shouldLatch(() => harness);
}

function shouldKeepCheckpoints(store: () => ProjectionStore): void {
  describe('checkpoint', () => {
    it('has no state and no key before it begins', async () => {
      expect(await store().state()).toBeUndefined();
      expect(await store().key()).toBeUndefined();
    });

    it('begins at a block and keeps the key of its registry', async () => {
      await store().begin(KEY, START);
      expect(await store().key()).toEqual(KEY);
      const state = await store().state();
      expect(state).toMatchObject({ at: { number: 10n, hash: START.hash }, blockTime: START.time });
      expect(await store().hashAt(10n)).toBe(START.hash);
    });

    it('begins again at the same registry without losing its place, and refuses another registry', async () => {
      await store().begin(KEY, START);
      await store().apply([block(1)], CONTACT_MS);
      await store().begin(KEY, START);
      expect((await store().state())?.at.number).toBe(11n);
      await expect(store().begin({ ...KEY, genesisHash: hex(66) }, START)).rejects.toMatchObject({
        code: 'version-conflict',
      });
    });
  });
}

function shouldMove(store: () => ProjectionStore): void {
  describe('moving on', () => {
    it('moves over applied blocks and remembers contact and time', async () => {
      await store().begin(KEY, START);
      await store().apply([block(1, [opened()]), block(2)], CONTACT_MS);
      const state = await store().state();
      expect(state).toMatchObject({
        at: { number: 12n, hash: block(2).hash },
        blockTime: START.time + 2,
        contactMs: CONTACT_MS,
      });
      expect(await store().hashAt(11n)).toBe(block(1).hash);
    });

    it('refuses a block whose parent is not the checkpoint, and then changes nothing', async () => {
      await store().begin(KEY, START);
      await expect(store().apply([block(2)], CONTACT_MS)).rejects.toMatchObject({ code: 'version-conflict' });
      await expect(store().apply([block(1), block(3)], CONTACT_MS)).rejects.toMatchObject({
        code: 'version-conflict',
      });
      expect((await store().state())?.at.number).toBe(10n);
    });

    it('records a contact that brought nothing new', async () => {
      await store().begin(KEY, START);
      await store().contact(CONTACT_MS + 5);
      expect(await store().state()).toMatchObject({ at: { number: 10n }, contactMs: CONTACT_MS + 5 });
    });
  });
}

function shouldUndo(store: () => ProjectionStore): void {
  describe('undo', () => {
    it('goes back to a block, forgets the hashes above it and takes another branch', async () => {
      await store().begin(KEY, START);
      await store().apply([block(1), block(2), block(3)], CONTACT_MS);
      await store().undo(11n);
      expect((await store().state())?.at).toMatchObject({ number: 11n, hash: block(1).hash });
      expect(await store().hashAt(12n)).toBeUndefined();
      const other = { ...block(2, [], 1), parentHash: block(1).hash };
      await store().apply([other], CONTACT_MS);
      expect(await store().hashAt(12n)).toBe(other.hash);
    });

    it('never lets a position go back', async () => {
      await store().begin(KEY, START);
      const positions: bigint[] = [];
      const note = async () => positions.push((await store().state())?.at.position ?? -1n);
      await note();
      await store().apply([block(1, [opened(), consent('permit', 1)])], CONTACT_MS);
      await note();
      await store().undo(10n);
      await note();
      await store().apply([block(1, [opened(), consent('permit', 1)], 1)], CONTACT_MS);
      await note();
      const sorted = positions.toSorted((a, b) => (a < b ? -1 : 1));
      expect(positions).toEqual(sorted);
      expect(positions[1]).toBeGreaterThan(positions[0] ?? 0n);
      expect(positions[3]).toBeGreaterThan(positions[1] ?? 0n);
    });
  });
}

function shouldRestore(store: () => ProjectionStore): void {
  describe('undo of words', () => {
    it('gives words back as they were before the blocks', async () => {
      await store().begin(KEY, START);
      await store().apply([block(1, [opened(), consent('permit', 1)])], CONTACT_MS);
      const before = await store().sample(10);
      await store().apply([block(2, [consent('permit', 2)]), block(3, [consent('revoked', 2)])], CONTACT_MS);
      await store().undo(11n);
      expect(await store().sample(10)).toEqual(before);
      await store().undo(10n);
      expect(await store().sample(10)).toEqual([]);
    });

    it('keeps hashes of the last 256 blocks', async () => {
      await store().begin(KEY, START);
      await store().apply(
        Array.from({ length: 300 }, (_, index) => block(index + 1)),
        CONTACT_MS,
      );
      expect(await store().hashAt(310n)).toBe(block(300).hash);
      expect(await store().hashAt(60n)).toBe(block(50).hash);
      await store().undo(100n);
      expect((await store().state())?.at.hash).toBe(block(90).hash);
    });
  });
}

function shouldKeepWords(store: () => ProjectionStore): void {
  describe('words', () => {
    it('keeps all 256 bits of the newest word of a grant', async () => {
      await store().begin(KEY, START);
      const event = consent('permit', 2);
      await store().apply([block(1, [opened(), consent('permit', 1)]), block(2, [event])], CONTACT_MS);
      const word = event.kind === 'consent' ? event.state : 0n;
      expect(await store().sample(10)).toEqual([{ subject: SUBJECT, grantId: GRANT, word }]);
    });

    it('gives no larger a sample than asked for', async () => {
      await store().begin(KEY, START);
      const events = Array.from({ length: 5 }, (_, index): RegistryEvent => {
        const event = consent('permit', 1);
        return event.kind === 'consent' ? { ...event, logIndex: index, grantId: hex(index + 1) } : event;
      });
      await store().apply([block(1, events)], CONTACT_MS);
      expect(await store().sample(3)).toHaveLength(3);
    });
  });
}

/** Applies the first block with `events`, on top of the block where the projection begins. */
async function begun(store: ProjectionStore, events: readonly RegistryEvent[]): Promise<ProjectionStore> {
  await store.begin(KEY, START);
  await store.apply([block(1, [opened(), ...events])], CONTACT_MS);
  return store;
}

/** The second block of another branch, on top of the first block of this one. */
function branched(events: readonly RegistryEvent[]): BlockEvents {
  return { ...block(2, events, 1), parentHash: block(1).hash };
}

async function expectCounts(harness: ProjectionHarness, expected: 'permit' | 'deny' | 'none'): Promise<void> {
  if (harness.counts !== undefined) expect(await harness.counts(SUBJECT, GRANT)).toBe(expected);
}

function shouldCount(harness: () => ProjectionHarness): void {
  describe('what counts', () => {
    it('counts a permit when its block is confirmed, not before', async () => {
      const store = await begun(harness().store, [consent('permit', 1)]);
      await expectCounts(harness(), 'none');
      await store.confirm(11n);
      await expectCounts(harness(), 'permit');
      expect((await store.state())?.at.number).toBe(11n);
    });

    it('counts a permit no more when its block is undone, until one that holds it again is confirmed', async () => {
      const store = await begun(harness().store, []);
      await store.apply([block(2, [consent('permit', 1)]), block(3)], CONTACT_MS);
      await store.confirm(13n);
      await expectCounts(harness(), 'permit');
      await store.undo(11n);
      await expectCounts(harness(), 'none');
      await store.apply([branched([consent('permit', 1)])], CONTACT_MS);
      await expectCounts(harness(), 'none');
      await store.confirm(12n);
      await expectCounts(harness(), 'permit');
    });

    it('counts a revocation and a deny at once', async () => {
      const store = await begun(harness().store, [consent('permit', 1)]);
      await store.confirm(11n);
      await store.apply([block(2, [consent('revoked', 1)])], CONTACT_MS);
      await expectCounts(harness(), 'none');
      await store.apply([block(3, [consent('deny', 2)])], CONTACT_MS);
      await expectCounts(harness(), 'deny');
    });

    it('ends permits of an earlier epoch and keeps denies', async () => {
      const store = await begun(harness().store, [consent('permit', 1)]);
      await store.confirm(11n);
      await store.apply([block(2, [revokedAll(1)])], CONTACT_MS);
      await expectCounts(harness(), 'none');
      await store.undo(11n);
      await expectCounts(harness(), 'none');
      await store.apply([branched([consent('deny', 2), revokedAll(1)])], CONTACT_MS);
      await expectCounts(harness(), 'deny');
    });
  });
}

function shouldLatch(harness: () => ProjectionHarness): void {
  describe('latched revocations', () => {
    it('outlive a reorganisation, until a later permit is confirmed', async () => {
      const store = await begun(harness().store, [consent('permit', 1)]);
      await store.confirm(11n);
      await store.apply([block(2, [consent('revoked', 1)])], CONTACT_MS);
      await store.undo(11n);
      await expectCounts(harness(), 'none');
      await store.apply([branched([consent('permit', 2)])], CONTACT_MS);
      await expectCounts(harness(), 'none');
      await store.confirm(12n);
      await expectCounts(harness(), 'permit');
    });

    it('are effective before they are mined, once however often they are latched', async () => {
      const store = await begun(harness().store, [consent('permit', 1)]);
      await store.confirm(11n);
      const recordId = '01980000-0000-7000-8000-000000000001';
      await store.latch(SUBJECT, [revocation(1)], recordId);
      await store.latch(SUBJECT, [revocation(1)], recordId);
      await expectCounts(harness(), 'none');
      expect(await store.sample(10)).toHaveLength(1);
    });
  });
}
