import type { ResourceFault } from '../../normalised.js';
import { sha256, toHex, type JsonObject } from '#digest';
import type { V2Message } from '../message/message.js';
import type { SenderProfile } from '../sender-profile.js';
import { Conversion, type MapTables } from './conversion.js';
import { finishResources, type Finished } from './finish-resources.js';
import { groupSegments } from './group-segments.js';
import { issuesOf } from './issues-of.js';
import { makeResources } from './make-resources.js';
import type { MessageMap } from './map.js';
import { mergesOf } from './merges-of.js';
import { unjudgedResources } from './unjudged-resources.js';

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
  readonly merges: ReturnType<typeof mergesOf>;
}

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
  const finished = finishResources(unjudgedResources(drafts.all, conversion), digest, validate);
  const patient = drafts.all.find((draft) => draft.map.name === 'patient');
  return {
    resources: finished.resources,
    issues: issuesOf(conversion, grouped, finished.issues),
    patient: patient === undefined ? undefined : { sourceId: patient.key, id: patient.id },
    merges: mergesOf(map, drafts),
  };
}
