import { isIP } from 'node:net';
import { z } from 'zod';
import { senderShape } from './sender-profile-schema.js';

const text = z.string().min(1).max(256);
const fingerprint = z
  .string()
  .transform((value) => value.replaceAll(':', '').toLowerCase())
  .refine((value) => /^[0-9a-f]{64}$/.test(value), 'must be a SHA-256 in hexadecimal');
const address = z.string().refine((value) => isIP(value) !== 0, 'must be an IP address');

const Peers = z.strictObject({
  fingerprints: z.array(fingerprint).default([]).describe('SHA-256 of client certificates'),
  subjects: z
    .array(text)
    .default([])
    .describe('subjects of client certificates that our authority signed, as `O=Lakeview, CN=feed`'),
  topic: z
    .boolean()
    .default(false)
    .describe('messages of KAFKA_INTAKE_TOPIC that name this source: whoever may write there'),
  loopback: z.boolean().default(false).describe('this machine, in plaintext'),
  addresses: z
    .array(address)
    .default([])
    .describe('other machines, in plaintext: where MLLP_PLAINTEXT is set'),
});

/** A sender of HL7 v2, described by data alone. */
export const V2Profile = z
  .strictObject({
    kind: z.literal('v2'),
    ...senderShape,
    name: text,
    peers: Peers.describe('who may speak for this source'),
    applications: z.array(text).default([]).describe('values of MSH-3; none: any'),
    facilities: z.array(text).default([]).describe('values of MSH-4; none: any'),
    versions: z.array(text).default([]).describe('values of MSH-12 that are accepted; none: any'),
    processingIds: z.array(text).default([]).describe('values of MSH-11 that are accepted; none: any'),
    strongSystems: z.array(text).default([]).describe('systems whose number identifies a person for life'),
    silentAfterS: z
      .number()
      .int()
      .min(1)
      .max(30 * 86_400)
      .default(300)
      .describe('time without a connection after which the source counts as down'),
  })
  .refine(
    ({ peers }) => Object.values(peers).some((peer) => (Array.isArray(peer) ? peer.length > 0 : peer)),
    {
      path: ['peers'],
      message: 'must name somebody',
    },
  );

/** A sender's profile, checked. */
export type V2Profile = z.infer<typeof V2Profile>;
