import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '#config';
import { checkCheckpoint, noteKeyOf, SIGNATURE_TYPE, type NoteKey, type TreeHead } from '#provenance';
import { keyringOf } from '../chain-part.js';
import { publishedCheckpoint } from './published-checkpoint.js';

const ORIGIN = 'example.org/log/t';
const HEAD: TreeHead = { origin: ORIGIN, size: 9n, root: new Uint8Array(32).fill(9) };

const head = () => Promise.resolve(HEAD);

describe('the published checkpoint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'published-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const loaded = loadConfig({ DATA_DIR: folder });
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join());
  const keyring = keyringOf(loaded.config);
  const publish = publishedCheckpoint({ head }, keyring, { origin: ORIGIN, clock: () => 1_700_000_000_000 });
  /** The head as whoever trusts one key alone takes it from the note. */
  const headFor = async (key: NoteKey) =>
    checkCheckpoint(await publish(), {
      logs: [{ key, fromSize: 0n }],
      witnesses: [],
      groups: [],
      quorum: 'none',
      gateways: [],
      chains: [],
    }).head;

  it('is signed by each of the two keys of the log, so that either alone is enough', async () => {
    const { log, logMlDsa } = keyring;
    expect(await headFor(noteKeyOf(ORIGIN, SIGNATURE_TYPE.ed25519, log.publicKey))).toEqual(HEAD);
    expect(await headFor(noteKeyOf(ORIGIN, SIGNATURE_TYPE.mlDsa44, logMlDsa.publicKey))).toEqual(HEAD);
  });
});
