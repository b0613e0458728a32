import type { NormaliseIssue, ResourceFault } from '../../normalised.js';
import { sha256, toHex, type JsonObject } from '#digest';
import type { V2Message } from '../message/message.js';
import type { PatientMerge } from '../normalised-message.js';
import type { SenderProfile } from '../sender-profile.js';
import { Conversion, type MapTables } from './conversion.js';
import type { Draft } from './drafts.js';
import { finishResources, type Finished, type Unjudged } from './finish-resources.js';
import { groupSegments, type Grouped } from './group-segments.js';
import { makeResources } from './make-resources.js';
import type { MessageMap } from './map.js';
import type { NamedResources } from './named-resources.js';

/** What a conversion works with. */
export interface ConvertOptions {
  readonly sender: SenderProfile;
  readonly tables: MapTables;
  /** The bytes of the message. */
  readonly raw: Uint8Array;
  readonly validate: (resource: JsonObject) => readonly ResourceFault[];
}

/** A message by its map: resources, and an issue for everything that is not in them. */
export interface ConvertedMessage extends Finished {
  /** The patient that it is about: the first resource named `patient`. */
  readonly patient: { readonly sourceId: string; readonly id: string } | undefined;
  readonly merges: readonly PatientMerge[];
}

/** Directory resources that cells name meet what is stored of them. */
const MERGED_RELATED: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
]);

/** Converts a message by its map. Nothing in the message makes it throw. */
export function convertMessage(
  message: V2Message,
  map: MessageMap,
  options: ConvertOptions,
): ConvertedMessage {
  const { sender, tables, raw, validate } = options;
  const digest = toHex(sha256(raw));
  const conversion = new Conversion(message, sender, tables, digest);
  const grouped = groupSegments(message, map.root);
  const drafts = makeResources(conversion, grouped.root);
  const made = [...drafts.all.map(ofDraft), ...relatedOf(conversion)];
  const finished = finishResources(made, digest, validate);
  const patient = drafts.all.find((draft) => draft.map.name === 'patient');
  return {
    resources: finished.resources,
    issues: [
      ...message.issues,
      ...structureIssues(grouped),
      ...conversion.issues,
      ...finished.issues,
      ...message.unread().map(unmapped),
    ],
    patient: patient === undefined ? undefined : { sourceId: patient.key, id: patient.id },
    merges: mergesOf(map, drafts),
  };
}

function ofDraft({ map, id, key, element, cleared }: Draft): Unjudged {
  const resource = element.value;
  const gone = [...cleared].filter((name) => resource[name] === undefined);
  return { type: map.type, id, key, resource, mode: map.mode, cleared: gone };
}

function relatedOf({ related }: Conversion): readonly Unjudged[] {
  return [...related.values()].map(({ type, id, key, element }) => ({
    type,
    id,
    key,
    resource: { resourceType: type, id, ...element.value },
    mode: MERGED_RELATED.has(type) ? 'merge' : undefined,
    cleared: [],
  }));
}

function mergesOf(map: MessageMap, drafts: NamedResources<Draft>): readonly PatientMerge[] {
  return (map.merges ?? []).flatMap(({ from, into }) =>
    drafts.all
      .filter((draft) => draft.map.name === from)
      .flatMap((draft) => {
        const survivor = drafts.nearest(into, draft.group);
        const isOther = survivor !== undefined && survivor.id !== draft.id;
        return isOther ? [{ from: draft.id, into: survivor.id }] : [];
      }),
  );
}

function structureIssues({ moved }: Grouped): readonly NormaliseIssue[] {
  return moved.map(({ name, ordinal }) => ({
    severity: 'information',
    code: 'structure',
    type: undefined,
    expression: ordinal === 1 ? name : `${name}(${ordinal})`,
  }));
}

function unmapped(expression: string): NormaliseIssue {
  return { severity: 'information', code: 'unmapped', type: undefined, expression };
}
