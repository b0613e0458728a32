import type { JsonObject } from '#digest';
import {
  inNamesOf,
  namesIn,
  typesReferred,
  type SourceChange,
  type SourceName,
  type SourceNames,
} from '#ehr';
import { GatewayError } from '#outcome';
import type { OpenSource } from '../open-sources.js';

/** A write in our own ids. */
export interface OwnChange {
  readonly interaction: 'create' | 'update' | 'patch' | 'delete';
  readonly type: string;
  /** `undefined` of a create. */
  readonly id: string | undefined;
  /** Our id of the patient whose it is, and the source's. */
  readonly patient: string;
  readonly sourcePatient: string;
  /** What is to stand there; `undefined` of a delete. */
  readonly resource: JsonObject | undefined;
  /** The key under which the source is written to. */
  readonly key: string;
}

const METHODS = { create: 'create', update: 'update', patch: 'update', delete: 'delete' } as const;

/** How a source is written to. */
export function methodOf(interaction: OwnChange['interaction']): SourceChange['method'] {
  return METHODS[interaction];
}

/**
 * A write in the source's own words. What is changed is pulled first, so that what the client saw is what the source holds:
 * the version that the source is told to follow is the one whose content is stored here.
 *
 * @throws GatewayError `version-conflict` where the source holds something else than what was stored; `invalid-value` where
 *   the resource refers to what the source does not have; `source-*` where it cannot be asked
 */
export async function vendorChange(open: OpenSource, change: OwnChange): Promise<SourceChange> {
  const { interaction, type, id, resource, sourcePatient, key } = change;
  const names = await namesFor(open, change);
  const name = id === undefined ? undefined : names.get(`${type}/${id}`);
  if (id !== undefined && name?.version === undefined) {
    throw new GatewayError('version-conflict', { details: `${open.source.id}: not there` });
  }
  const method = methodOf(interaction);
  const outbound = resource === undefined ? undefined : outboundOf(resource, type, names);
  return {
    method,
    type,
    id: name?.id,
    version: name?.version,
    patient: sourcePatient,
    resource: outbound,
    key,
  };
}

function outboundOf(resource: JsonObject, type: string, names: SourceNames): JsonObject {
  const outbound = inNamesOf(resource, names);
  if (outbound === undefined) {
    throw new GatewayError('invalid-value', { expression: [`${type}.descendants().reference`] });
  }
  return outbound;
}

/** What the source calls all that a write concerns. */
async function namesFor(open: OpenSource, change: OwnChange): Promise<SourceNames> {
  const { through, permit } = open;
  const { type, id, patient, sourcePatient, resource } = change;
  const referred = resource === undefined ? new Set<string>() : typesReferred(resource);
  const isOwn = (each: string): boolean => each !== 'Patient' && through.types.includes(each);
  const types = [...new Set([...(id === undefined ? [] : [type]), ...[...referred].filter(isOwn)])];
  const names = new Map<string, SourceName>([
    [`Patient/${patient}`, { id: sourcePatient, version: undefined }],
  ]);
  if (types.length > 0) {
    const { result, accepted } = await through.pullNow(permit, sourcePatient, types);
    if (accepted.versions.some((one) => one.type === type && one.id === id)) {
      throw new GatewayError('version-conflict', { details: `${open.source.id}: changed meanwhile` });
    }
    for (const [key, name] of namesIn(result)) names.set(key, name);
  }
  const isElsewhere = [...referred].some((each) => each !== 'Patient' && !isOwn(each));
  const directory = isElsewhere ? namesIn(await through.directoryNow(permit)) : new Map<string, SourceName>();
  return new Map([...directory, ...names]);
}
