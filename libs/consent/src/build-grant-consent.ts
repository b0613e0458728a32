import { type JsonObject, writeJson } from '#digest';
import { ACTOR_SYSTEMS, SYSTEMS } from './code-systems.js';
import type { ConsentAction } from './request.js';

/** What a person grants or denies to one client. */
export interface GrantWish {
  /** Id of the Patient. */
  readonly patient: string;
  readonly client: string;
  /** What the client may or may not do; absent: `access`. */
  readonly actions?: readonly ConsentAction[] | undefined;
  readonly effect: 'permit' | 'deny';
  /** Resource types; `null` for all. */
  readonly classes: readonly string[] | null;
  /** Codes of v3-ActReason; `null` for all. */
  readonly purposes: readonly string[] | null;
  /** Epoch milliseconds, whole seconds; ±Infinity where open. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When it is given, epoch milliseconds. */
  readonly atMs: number;
  /** Sensitivity or confidentiality labels (`system|code`) that are excepted from a permit. */
  readonly except?: readonly string[];
  /** `system|code` that the grant is limited to. */
  readonly codes?: readonly string[];
}

const PROFILE = 'https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.consent';
const CATEGORY = { system: 'http://loinc.org', code: '59284-0' };

/**
 * The FHIR Consent for a grant to one client, as the command line signs it: exact bytes, UTF-8. `parseConsent` accepts
 * them, and `termsOf` gives their terms with the actor `client:<id>`.
 *
 * @see https://hl7.org/fhir/R4/consent.html
 */
export function buildGrantConsent(wish: GrantWish): Uint8Array {
  const actor = [actorOf(wish.client)];
  const base = {
    type: wish.effect,
    period: period(wish),
    actor,
    action: actionsOf(wish).map((action) => concept(SYSTEMS.action, action)),
    purpose: wish.purposes?.map((code) => ({ system: SYSTEMS.purpose, code })),
    class: wish.classes?.map((code) => ({ system: SYSTEMS.class, code })),
    code: wish.codes?.map((code) => ({ coding: [codingOf(code)] })),
  };
  const except = wish.except ?? [];
  const exceptions = [{ type: 'deny', actor, securityLabel: except.map(codingOf) }];
  const document: JsonObject = {
    resourceType: 'Consent',
    meta: { profile: [PROFILE] },
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${narrative(wish)}</div>` },
    status: 'active',
    scope: concept(SYSTEMS.scope, 'patient-privacy'),
    category: [{ coding: [CATEGORY] }],
    patient: { reference: `Patient/${wish.patient}` },
    dateTime: iso(wish.atMs),
    performer: [{ reference: `Patient/${wish.patient}` }],
    policy: [{ uri: 'urn:proviso:policy:consent-only' }],
    provision: except.length === 0 ? base : { ...base, provision: exceptions },
  };
  return Buffer.from(writeJson(document), 'utf8');
}

/** What each action is called in the narrative that the person signs. */
const VERBS: Readonly<Record<ConsentAction, string>> = {
  access: 'read',
  collect: 'add to',
  correct: 'change and delete',
};

function actionsOf({ actions }: GrantWish): readonly ConsentAction[] {
  return actions ?? ['access'];
}

function actorOf(client: string): JsonObject {
  return {
    role: concept(SYSTEMS.role, 'IRCP'),
    reference: { type: 'Device', identifier: { system: ACTOR_SYSTEMS.client, value: client } },
  };
}

function concept(system: string, code: string): JsonObject {
  return { coding: [{ system, code }] };
}

function codingOf(value: string): JsonObject {
  const bar = value.indexOf('|');
  return { system: value.slice(0, bar), code: value.slice(bar + 1) };
}

function period({ fromMs, toMs }: GrantWish): JsonObject | undefined {
  if (fromMs === -Infinity && toMs === Infinity) return undefined;
  return {
    start: fromMs === -Infinity ? undefined : iso(fromMs),
    end: toMs === Infinity ? undefined : iso(toMs),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function narrative(wish: GrantWish): string {
  const what = wish.classes?.join(', ') ?? 'everything';
  const why = wish.purposes?.join(', ') ?? 'any purpose';
  const from = wish.fromMs === -Infinity ? '' : ` from ${iso(wish.fromMs)}`;
  const to = wish.toMs === Infinity ? '' : ` until ${iso(wish.toMs)}`;
  const except = (wish.except ?? []).map((label) => label.slice(label.indexOf('|') + 1));
  const but = except.length === 0 ? '' : `, except what is labelled ${except.join(', ')}`;
  const verbs = actionsOf(wish).map((action) => VERBS[action]);
  const verb = `${wish.effect === 'permit' ? 'may' : 'may not'} ${verbs.join(', ')}`;
  return escaped(`${wish.client} ${verb} ${what}${but} for ${why}${from}${to}.`);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
