import type { JsonObject } from '#digest';

const PARTICIPANT = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
const OBSERVATION_VALUE = 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue';

/** What a record of the log says of a Provenance that was made with it. */
export interface LoggedProvenance {
  /** Index of the record. */
  readonly index: bigint;
  /** RFC 3339. */
  readonly time: string;
  readonly id: string;
  readonly versionId: string;
  /** The version of which it is. */
  readonly target: { readonly type: string; readonly id: string; readonly versionId: string };
  /** Who delivered or wrote that version: a source, or a client as a source of its own. */
  readonly author: { readonly kind: 'source' | 'client'; readonly name: string };
}

/**
 * A Provenance as far as the log's record tells of it, for those who may read records and nothing of anybody's record: which
 * version, when, from whom, and where the record is. What the stored one says beyond that is left out, and so it is tagged
 * SUBSETTED: patients, time of the event, sender, whether it is of a deletion, commitment to the payload.
 *
 * @param origin of the log
 */
export function loggedProvenance(made: LoggedProvenance, origin: string): JsonObject {
  const { index, time, id, versionId, target, author } = made;
  return {
    resourceType: 'Provenance',
    id,
    meta: { versionId, lastUpdated: time, tag: [{ system: OBSERVATION_VALUE, code: 'SUBSETTED' }] },
    target: [{ reference: `${target.type}/${target.id}/_history/${target.versionId}` }],
    recorded: time,
    agent: [{ type: { coding: [{ system: PARTICIPANT, code: 'author' }] }, who: whoOf(author) }],
    entity: [
      {
        role: 'source',
        what: { identifier: { system: 'urn:proviso:log-entry', value: `${origin}#${index}` } },
      },
    ],
  };
}

function whoOf({ kind, name }: LoggedProvenance['author']): JsonObject {
  const type = kind === 'source' ? 'Organization' : 'Device';
  return { type, identifier: { system: `urn:proviso:${kind}`, value: name } };
}
