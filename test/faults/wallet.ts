import { setTimeout as sleep } from 'node:timers/promises';
import { signOps } from '#chain';
import { classBit, purposeBit, type GrantOp } from '#consent';
import { termsJson, type GrantFile } from '../../apps/cli/src/grant-file.js';
import { personKey } from '../../apps/cli/src/person-key.js';
import { hexOf, registryOf } from '../../apps/cli/src/registry.js';
import { unsignedGrant } from '../../apps/cli/src/unsigned-grant.js';
import { mustReceipt, mustServe, type Receipt } from '../e2e/answers.js';
import type { Answer, Asked } from '../e2e/system.js';

const HOUR_S = 3_600;
const PAUSE_MS = 150;
const WHAT = { effect: 'permit', classes: ['Observation'], purposes: ['TREAT'] } as const;
const REVOKED = 3;

/** A signed body that is handed in until it is acknowledged, always the same bytes. */
interface Signed {
  readonly path: string;
  readonly body: string;
}

/** A person's wallet: it signs here, and hands in over HTTP until the gateway acknowledges. */
export class Wallet {
  readonly #system: Asked;
  readonly #person: ReturnType<Asked['person']>;

  constructor(system: Asked, person: number) {
    this.#system = system;
    this.#person = system.person(person);
  }

  get patient(): string {
    return this.#person.patient;
  }

  /** Signs a grant for a client, of an hour where `hours` does not say from when to when; nothing is handed in yet. */
  grant(
    client: string,
    hours: readonly [from: number, to: number] = [0, 1],
  ): { readonly made: GrantFile; readonly signed: Signed } {
    const [from, to] = hours;
    const nowS = Math.floor(Date.now() / 1000);
    const { patient } = this.#person;
    const subject = hexOf(this.#person.subject);
    const { made, op, deadline } = unsignedGrant(
      { patient, subject, client, ...WHAT, from: nowS + from * HOUR_S - 1, to: nowS + to * HOUR_S },
      nowS,
    );
    const rest = { op, terms: termsJson(made.terms), consent: made.consent, grantee: client };
    return { made, signed: { path: '/consent/grants', body: this.#signed(op, deadline, rest) } };
  }

  /** Signs the revocation of a grant. */
  revocation({ grantId, commitment, version }: GrantFile): Signed {
    const op: GrantOp = { grantId, commitment, kind: REVOKED, from: 0, to: 0, version };
    return { path: '/consent/revocations', body: this.#signed(op, 0, { ops: [op] }) };
  }

  /** Hands in until it is acknowledged or told that it is there already. Gives the receipt of what was acknowledged. */
  async handIn(signed: Signed, stop: AbortSignal): Promise<Receipt | undefined> {
    let isTriedBefore = false;
    while (!stop.aborted) {
      // oxlint-disable no-await-in-loop -- one try after the other
      const answer = await this.#post(signed);
      if (answer !== undefined && answer.status < 300) return mustReceipt(answer);
      // an earlier try was taken, though its acknowledgement was lost
      if (answer?.status === 409 && isTriedBefore) return undefined;
      isTriedBefore = true;
      if (answer !== undefined && answer.status < 500)
        throw new Error(`${signed.path} is refused with ${answer.status}: ${answer.text}`);
      await sleep(PAUSE_MS);
      // oxlint-enable no-await-in-loop
    }
    return undefined;
  }

  /** State of a grant as the gateway tells it; `undefined` while it does not answer, or knows no such grant. */
  async stateOf({ grantId }: GrantFile): Promise<string | undefined> {
    const answer = await this.#system
      .ask(`/consent/grants/${grantId}`, { client: 'wallet' })
      .catch(() => undefined);
    const state = /"state":"([a-z-]+)"/.exec(answer?.text ?? '')?.[1];
    return answer?.status === 200 ? state : undefined;
  }

  /** The contract's own judgement of a grant of Observations now; it needs no gateway. */
  onChain({ subject, grantId, terms }: GrantFile): Promise<'no' | 'yes' | 'undetermined'> {
    const at = Math.floor(Date.now() / 1000);
    const asked = { class: classBit('Observation') ?? 0, purpose: purposeBit('TREAT') ?? 0, at };
    const { client } = registryOf(this.#system.ready);
    return client.termsInForce({ subject, grantId, terms, grantee: terms.grantee, ...asked });
  }

  /** Whether a client is served this person's Observations now: the status, `undefined` where nobody answers. */
  async statusFor(client: string): Promise<number | undefined> {
    const path = `/Observation?patient=${this.patient}`;
    return this.#system.fhir(client, path).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  /** This person's Observations as a client is served them; rejects with the refusal where it is not. */
  async mustSee(client: string): Promise<Answer> {
    return mustServe(await this.#system.fhir(client, `/Observation?patient=${this.patient}`));
  }

  #post({ path, body }: Signed): Promise<Answer | undefined> {
    const headers = { 'content-type': 'application/json' };
    return this.#system.ask(path, { method: 'POST', client: 'wallet', headers, body }).catch(() => undefined);
  }

  /** Nobody here revokes all or rotates a key: both epochs stay 0. */
  #signed(op: GrantOp, deadline: number, rest: object): string {
    const key = personKey(this.#person.privateKey);
    const { domain } = registryOf(this.#system.ready);
    const subject = hexOf(this.#person.subject);
    const message = { subject, epoch: 0, keyEpoch: 0, deadline: BigInt(deadline), ops: [op] };
    const signature = signOps(key.privateKey, domain, message);
    return JSON.stringify({ subject, deadline, signer: key.address, signature, ...rest });
  }
}
