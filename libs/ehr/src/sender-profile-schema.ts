import { z } from 'zod';
import type { SenderProfile } from '#normalize';
import { sourceId } from './source-id.js';
import { zoneName } from './zone-name.js';

const text = z.string().min(1).max(256);
const charset = z.string().refine((label) => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}, 'must be the name of a character set, such as windows-1252');

const MappedCode = z.strictObject({ system: text, code: text, display: text.optional() });

/** What a profile may say of a sender of HL7 v2: the members of a `v2` source that concern its messages. */
export const senderShape = {
  id: sourceId.describe('the source; part of every id that is made'),
  zone: zoneName.optional().describe('zone of times that name none; without it they become dates'),
  charset: charset.optional().describe('character set of messages that name none'),
  authorities: z
    .record(text, text)
    .default({})
    .describe('namespace or OID of an assigning authority: identifier system'),
  patientAuthorities: z.array(text).default([]).describe('identifier systems that name a patient here'),
  codeSystems: z.record(text, text).default({}).describe('name of a coding system: its URI'),
  codeMaps: z
    .record(text, z.record(text, MappedCode))
    .default({})
    .describe('local system, or HL7 table: local code: what it means'),
} as const;

/** A sender's profile as JSON. */
export const SenderProfileJson = z.strictObject(senderShape);

/** The sender that a profile describes; what the profile says beyond its messages is left out. */
export function senderOf(profile: z.infer<typeof SenderProfileJson>): SenderProfile {
  const { id, authorities, patientAuthorities, codeSystems, codeMaps } = profile;
  return {
    id,
    zone: profile.zone,
    charset: profile.charset,
    authorities,
    patientAuthorities,
    codeSystems,
    codeMaps,
  };
}
