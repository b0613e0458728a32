import { randomUUID } from 'node:crypto';
import { buildGrantConsent, commitmentOf, parseConsent, termsOf } from '#consent';
import { ENTRY_CLASS, type AppendItem, type LogStore } from '#provenance';
import type { RowChange } from '#store';
import { randomHex } from '../../../../../libs/chain/src/testing/keys.js';
import {
  makePatient,
  makePermit,
  signedOpen,
  type TestPatient,
} from '../../../../../libs/chain/src/testing/patient.js';
import type { TestChain } from '../../../../../libs/chain/src/testing/test-chain.js';
import { makeRecord, makeSubject } from '../../../../../libs/store/src/testing/log-fixture.js';

/** Whose grant is filed, on which chain. */
interface Grantor {
  readonly person: string;
  readonly patient: string;
  readonly chain: TestChain;
}

/** Binds a person to a chain subject of hers, files a Consent, and brings its word to the chain. */
export async function fileGrant(log: LogStore<RowChange>, of: Grantor): Promise<void> {
  const { address: contract } = of.chain.contracts.consentRegistry;
  const signer = makePatient();
  const binding = bindingItem(of, signer);
  const bytes = consentOf(of.patient);
  const terms = termsOf(parseConsent(bytes), 'client:app', randomHex());
  const op = makePermit(terms);
  const filing = {
    consent: randomUUID(),
    person: of.person,
    patient: of.patient,
    chainId: String(of.chain.chainId),
    contract,
    subject: signer.subject,
    grantId: op.grantId,
    version: op.version,
    kind: 'permit',
    bytes,
    terms,
    commitment: commitmentOf(terms),
    binding: binding.record.op.id,
  } as const;
  const record = makeRecord([makeSubject(of.person)]);
  await log.append([binding, { record, writes: [{ kind: 'filing', filing }] }]);
  await of.chain.send(contract, signedOpen(signer, { chainId: of.chain.chainId, contract }, [op]));
}

function consentOf(patient: string): Uint8Array {
  return buildGrantConsent({
    patient,
    client: 'app',
    effect: 'permit',
    classes: ['Observation'],
    purposes: null,
    fromMs: -Infinity,
    toMs: Infinity,
    atMs: Date.now(),
  });
}

function bindingItem({ person, patient }: Grantor, signer: TestPatient): AppendItem<RowChange> {
  const binding = {
    id: randomUUID(),
    patient,
    person,
    subject: signer.subject,
    signerHash: signer.signerHash,
    rights: 'self',
    fromMs: Date.now(),
    toMs: undefined,
    evidence: 'login',
    statement: Buffer.from('statement'),
    signature: Buffer.from('signature'),
  } as const;
  const record = { ...makeRecord([makeSubject(person)]), class: ENTRY_CLASS.binding };
  return { record, writes: [{ kind: 'binding', binding }] };
}
