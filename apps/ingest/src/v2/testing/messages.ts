import type { z } from 'zod';
import { senderOf, V2Profile } from '#ehr';
import { validateResource } from '#fhir';
import { normaliseV2 } from '#normalize';
import type { DeliverOptions } from '../deliver-message.js';

/** A sender on this machine, known by its application. */
export function makeProfile(id: string, change: Partial<z.input<typeof V2Profile>> = {}): V2Profile {
  return V2Profile.parse({
    kind: 'v2',
    id,
    name: id,
    peers: { loopback: true },
    applications: [id.toUpperCase()],
    patientAuthorities: [`urn:id:${id}:MRN`],
    zone: 'America/Denver',
    silentAfterS: 60,
    ...change,
  });
}

/** Converts in the same thread, for senders on this machine. */
export const convertHere: DeliverOptions['normalise'] = (bytes, source) =>
  Promise.resolve(normaliseV2(bytes, { sender: senderOf(makeProfile(source)), validate: validateResource }));

/** What a message of ours says; all people in it are made up. */
export interface MessageWish {
  readonly application?: string;
  readonly type?: string;
  readonly controlId?: string;
  readonly processingId?: string;
  readonly version?: string;
  /** MSH-15 and MSH-16. */
  readonly acks?: readonly [string, string];
  readonly patient?: string;
  readonly family?: string;
  /** MSH-7 and EVN-2. */
  readonly time?: string;
  /** MSH-18. */
  readonly charset?: string;
}

let made = 0;

const USUAL = {
  application: 'LAKEVIEW',
  type: 'ADT^A01^ADT_A01',
  processingId: 'P',
  version: '2.5.1',
  acks: ['', ''],
  family: 'Quill',
  time: '20260301103000',
  charset: '',
} as const;

/** An ADT message about one patient. */
export function makeMessage(wish: MessageWish = {}): Buffer {
  made += 1;
  const full = { ...USUAL, controlId: `M${made}`, patient: `P${made}`, ...wish };
  const { application, time, type, controlId, processingId, version, charset } = full;
  const segments = [
    `MSH|^~\\&|${application}|WARD|PROVISO||${time}||${type}|${controlId}|${processingId}|${version}|||${full.acks.join('|')}||${charset}`,
    `EVN||${time}`,
    `PID|1||${full.patient}^^^MRN^MR||${full.family}^Orla^^^^^L||19700203|F`,
    `PV1|1|O`,
  ];
  return Buffer.from(`${segments.join('\r')}\r`, charset === '' ? 'latin1' : 'utf8');
}

/** The code and the control id of each MSA in an answer. */
export function acksIn(answer: Uint8Array | string | undefined): readonly string[] {
  const text = typeof answer === 'string' ? answer : Buffer.from(answer ?? []).toString('latin1');
  return [...text.matchAll(/[\r\n]MSA\|(\w\w)(?:\|([^|\r]*))?/g)].map(([, code = '', id = '']) =>
    `${code} ${id}`.trim(),
  );
}
