import type { WriteInteraction } from '#fhir';
import { recordOfRefusal, sealAnswer } from '#http';
import type { KeyedWrite, Stored } from '#store';
import type { Decided, Guarded } from './exchange.js';
import { isReadable } from './is-readable.js';
import type { Advance } from './line.js';
import type { Parts } from './parts.js';
import { recordOfWrite } from './record-of-write.js';
import { codeOfEarlier, renderUndone } from './render-came.js';
import { renderWrite } from './render-write.js';
import { foundOne } from './steps/found-one.js';
import { guard } from './steps/guard.js';

/**
 * The answer to a write that was made before, under a record of its own. It is rendered from the version that was written, which
 * must be permitted now as well: who may not write it any more is told what anybody is told. What a vendor refused is refused again,
 * and of what it has not told the end yet the client is asked to wait.
 */
export async function writtenBefore(
  state: Decided<WriteInteraction>,
  write: KeyedWrite,
  parts: Parts,
): Promise<Advance<never>> {
  const { id, versionId } = write.answer ?? {};
  if (write.state !== 'done' || id === undefined || versionId === undefined)
    return undone(state, write, parts);
  const ref = { type: write.target.type, id };
  const found = foundOne(await parts.resources.vread(state.permit, ref, versionId));
  const [version] = found.rows;
  if (version === undefined) {
    const code = state.interaction.kind === 'create' ? 'consent-denied' : 'not-found';
    return { kind: 'refuse', code, at: { ...state, named: found.owners.persons } };
  }
  const guarded = await guard({ ...state, ...found }, parts);
  return guarded.kind === 'go' ? answered(guarded.state, version, write, parts) : guarded;
}

async function answered(
  state: Guarded<WriteInteraction>,
  version: Stored,
  write: KeyedWrite,
  parts: Parts,
): Promise<Advance<never>> {
  const held = new Map(state.ruleSets.map((set) => [set.person, set]));
  const answer = renderWrite({ ...state, version, readable: isReadable(state, version, held, parts) }, parts);
  const persons = new Map(
    version.patients.flatMap(({ patient, person }) =>
      person === undefined ? [] : [[patient, person] as const],
    ),
  );
  const basis = [...state.bases.values()].flat();
  const about = { ...state, version, persons, basis };
  const written = { answer, provenance: undefined, links: { repeats: write.recordId } };
  const record = await recordOfWrite(about, written, parts);
  return { kind: 'answered', sealed: await sealAnswer({ answer, record }, parts) };
}

/** Nothing stands there by it, as far as is known: its owner's record tells of the question all the same. */
async function undone(
  { request, principal, interaction, named }: Decided<WriteInteraction>,
  write: KeyedWrite,
  parts: Parts,
): Promise<Advance<never>> {
  const answer = renderUndone(write);
  const { patient } = write.target;
  const persons = patient === undefined ? undefined : await parts.rules.personsOf([patient]);
  const whom = patient === undefined ? named : [{ patient, person: persons?.get(patient) }];
  const refused = {
    request,
    principal,
    interaction: interaction.kind,
    named: whom,
    code: codeOfEarlier(write),
  };
  const record = await recordOfRefusal({ ...refused, status: answer.status }, parts);
  return { kind: 'answered', sealed: await sealAnswer({ answer, record }, parts) };
}
