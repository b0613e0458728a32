import { z } from 'zod';
import { sourceId } from './source-id.js';
import { zoneName } from './zone-name.js';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** A URL that secrets may be sent to: TLS everywhere but on this machine; no credentials, query or fragment. */
export const endpoint = z.string().refine((text) => {
  const url = URL.parse(text);
  const plain = url !== null && !url.username && !url.password && !url.search && !url.hash;
  return plain && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname)));
}, 'must be an https URL without credentials, query or fragment; http on loopback only');

const whole = (min: number, max: number): z.ZodNumber => z.number().int().min(min).max(max);
const typeName = z.string().regex(/^[A-Z][A-Za-z]{1,63}$/, 'must be a FHIR resource type');
const MIB = 1024 * 1024;

const PulledType = z.strictObject({
  type: typeName,
  patientParam: z.string().min(1).default('patient').describe('search parameter that names the patient'),
  variants: z
    .array(z.record(z.string().min(1), z.string()))
    .min(1)
    .default([{}])
    .describe('parameters the vendor requires; one search for each'),
});

const Auth = z.strictObject({
  tokenUrl: endpoint.optional().describe('token endpoint; else from .well-known/smart-configuration'),
  clientId: z.string().min(1),
  keyFile: z.string().min(1).describe('private key (PKCS #8 PEM or JWK), relative to the profile'),
  keyId: z.string().min(1).optional().describe('kid of the assertion; else that of the JWK'),
  alg: z.enum(['RS384', 'ES384']),
  scopes: z.array(z.string().startsWith('system/')).min(1),
});

const Limits = z.strictObject({
  requestMs: whole(50, 600_000).default(5_000).describe('one request, retries apart'),
  pullMs: whole(50, 3_600_000).default(60_000).describe('all requests of one pull'),
  responseBytes: whole(1_024, 256 * MIB)
    .default(16 * MIB)
    .describe('body of one answer'),
  pullBytes: whole(1_024, 1_024 * MIB)
    .default(64 * MIB)
    .describe('bodies of one pull together'),
  pages: whole(1, 100_000).default(1_000).describe('pages of one search'),
  connections: whole(1, 64).default(4).describe('connections at a time'),
  attempts: whole(1, 10).default(4).describe('tries of one request'),
  backoffMs: whole(1, 60_000).default(200).describe('first wait between tries, doubled each time, jittered'),
  maxWaitMs: whole(1, 600_000)
    .default(10_000)
    .describe('longest wait that is kept; longer ones fail at once'),
});

const WrittenType = z.strictObject({
  type: typeName,
  methods: z.array(z.enum(['create', 'update', 'delete'])).min(1),
});

const Write = z
  .strictObject({
    types: z.array(WrittenType).min(1).describe('what the vendor takes'),
    foundBy: z
      .enum(['tag', 'content'])
      .describe(
        'how a write is found again: by its key in `meta.tag` (`_tag` search), or by comparing what stands there',
      ),
    timeoutMs: whole(50, 600_000).default(10_000).describe('time that a write may take'),
    bytes: whole(1_024, 16 * MIB)
      .default(MIB)
      .describe('size of what is sent'),
  })
  .refine(
    ({ types, foundBy }) => foundBy === 'tag' || !types.some(({ methods }) => methods.includes('create')),
    'what is created can be found again by its tag only',
  );

/** One vendor's EHR, described by data alone. */
export const VendorProfile = z.strictObject({
  kind: z.literal('fhir').default('fhir'),
  id: sourceId,
  name: z.string().min(1),
  baseUrl: endpoint.transform((url) => url.replace(/\/+$/, '')).describe('FHIR R4 base URL'),
  auth: Auth,
  zone: zoneName.describe('zone of times that name none'),
  strongSystems: z
    .array(z.string().min(1))
    .default([])
    .describe('systems whose number identifies a person for life'),
  freshnessS: whole(0, 30 * 86_400)
    .default(300)
    .describe("age above which a person's copy is pulled again"),
  types: z.array(PulledType).min(1).describe('what is pulled of a patient'),
  directoryTypes: z.array(typeName).default([]).describe('what is pulled of nobody in particular'),
  pageSize: whole(1, 1_000).default(50).describe('_count that is asked for'),
  benignOutcomes: z.array(z.string()).default([]).describe('issue codes that leave a set complete'),
  tolerated: z
    .array(z.strictObject({ type: typeName, rule: z.string(), expression: z.string().optional() }))
    .default([])
    .describe('validation faults that this vendor is known for'),
  write: Write.optional().describe('what may be written; without it nothing is'),
  limits: Limits.prefault({}),
});

/** A vendor's profile, checked. */
export type VendorProfile = z.infer<typeof VendorProfile>;
