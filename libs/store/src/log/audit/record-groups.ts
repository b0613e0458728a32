import { z } from 'zod';
import { parseStrict } from '#digest';
import { openPart } from '#provenance';

const Seq = z.string().transform(BigInt);

const Op = z.looseObject({
  gateway: z.string(),
  gatewaySeq: Seq,
  phase: z.string(),
  status: z.number(),
  erased: z.looseObject({ root: z.string(), count: z.number() }).optional(),
});
const Subject = z.looseObject({
  person: z.string().nullable(),
  patient: z.string().nullable(),
  subjectSeq: Seq.nullable(),
  binding: z.string().nullable(),
});
const Content = z.looseObject({
  items: z.array(z.looseObject({ type: z.string(), id: z.string(), versionId: z.string() })),
});
const Decision = z.looseObject({
  basis: z.array(
    z.looseObject({ kind: z.string(), consent: z.string().optional(), binding: z.string().optional() }),
  ),
});

const Links = z.looseObject({ apart: z.array(z.string()).optional() });

/** What the audit reads from an opened sub-entry. */
export interface SubGroups {
  readonly subject: z.infer<typeof Subject>;
  readonly items: z.infer<typeof Content>['items'];
  readonly consents: readonly string[];
  /** Leaves (hex) of the bindings that it rests on. */
  readonly bindings: readonly string[];
  /** Patients whom a person told apart from the one that it is about. */
  readonly apart: readonly string[];
}

/** The op group, from its part. */
export function readOp(plain: Uint8Array): z.infer<typeof Op> {
  return Op.parse(bytesOf(plain, 'op'));
}

/** A sub-entry's groups, from its part. */
export function readSub(plain: Uint8Array): SubGroups {
  const subject = Subject.parse(bytesOf(plain, '/subject'));
  const { basis } = Decision.parse(bytesOf(plain, '/decision'));
  const cited = basis.filter(({ kind }) => kind === 'consent');
  return {
    subject,
    items: Content.parse(bytesOf(plain, '/content')).items,
    consents: cited.map(({ consent }) => consent).filter((consent) => consent !== undefined),
    bindings: [subject.binding, ...cited.map(({ binding }) => binding)].filter(
      (leaf) => typeof leaf === 'string',
    ),
    apart: Links.parse(bytesOf(plain, '/links') ?? {}).apart ?? [],
  };
}

function bytesOf(plain: Uint8Array, ending: string): unknown {
  const group = openPart(plain).find(({ group: name }) => name.endsWith(ending));
  return group === undefined ? undefined : parseStrict(group.bytes);
}
