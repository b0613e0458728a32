import { createHash } from 'node:crypto';
import { z } from 'zod';
import { observations, sentByLakeview, servedMeasurement } from '../lakeview.js';
import { commitmentOf, messageRecords } from '../message-records.js';
import { sourceOf, SOURCES } from '../names.js';
import { entriesOf, receiptIndex, type Version } from '../reading.js';
import { expectThat, get, type World } from '../world.js';

const provenanceSchema = z.object({
  resourceType: z.literal('Provenance'),
  target: z.array(z.object({ reference: z.string() })).min(1),
  entity: z.array(z.object({ what: z.object({ identifier: z.object({ value: z.string() }) }) })).min(1),
});

/** 4. Two vendors, one person, one Bundle: each Observation with its source, and a Provenance that its record opens. */
export async function combined(world: World, patient: string): Promise<string> {
  await servedMeasurement(world, patient, () => true);
  const heard = await observations(world, patient);
  const all = entriesOf(heard.body);
  const counts = SOURCES.map((source) => all.filter(({ meta }) => meta.source === source).length);
  expectThat(!counts.includes(0), `of the vendors there are ${counts.join(' and ')} Observations`);
  const named = await Promise.all(all.map((each) => payloadOf(world, each)));
  const ofLakeview = named.filter((_, at) => all[at]?.meta.source === sourceOf('lakeview'));
  const sent = new Set((await sentByLakeview(world)).map(({ message }) => hashOf(message)));
  const records = await messageRecords(world, Number(receiptIndex(heard.receipt)));
  expectThat(
    records.every(({ digest }) => sent.has(digest)),
    'a record names bytes that Lakeview did not send',
  );
  const opened = new Set(records.map((record) => `urn:hash::sha256:${commitmentOf(record)}`));
  expectThat(
    ofLakeview.every((value) => opened.has(value)),
    'a Provenance names a payload that no record opens',
  );
  return `${counts.join(' Observations of Northside and ')} of Lakeview in one Bundle; each version has its Provenance, and an auditor finds the SHA-256 of Lakeview's message by it`;
}

/** What the Provenance of a version says of the payload that it came in. */
async function payloadOf(world: World, { id, meta }: Version): Promise<string> {
  const target = `Observation/${id}`;
  const heard = await get(world, 'demo-app', `/Provenance?target=${encodeURIComponent(target)}`);
  expectThat(heard.status === 200, `Provenance is answered with ${heard.status}`);
  const own = entriesOf(heard.body)
    .map(({ resource }) => provenanceSchema.parse(resource))
    .find((each) =>
      each.target.some(({ reference }) => reference === `${target}/_history/${meta.versionId}`),
    );
  expectThat(own !== undefined, `${target} has no Provenance`);
  return own.entity[0]?.what.identifier.value ?? '';
}

function hashOf(message: string): string {
  return createHash('sha256').update(Buffer.from(message, 'latin1')).digest('hex');
}
