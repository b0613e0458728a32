import { z } from 'zod';
import { expectThat, get, until, type Heard, type World } from './world.js';
import { entriesOf, measuredOf, type Version } from './reading.js';
import { sourceOf } from './names.js';

/** LOINC of the result that Lakeview puts right. */
const HEMOGLOBIN = '718-7';
/** How long a message may take from its acknowledgement until it is served. */
const CONVERTED_MS = 15_000;
const APP = 'demo-app';
const SENT = z.object({
  controlId: z.string(),
  type: z.string(),
  message: z.string(),
  code: z.string().nullable(),
});

/** A message of Lakeview's, and how it was answered. */
export type Sent = z.infer<typeof SENT>;

/** Tells Lakeview to send something; ends the story where it is not taken. */
export async function tellLakeview(world: World, path: string, body: object): Promise<Sent> {
  const response = await fetch(`${adminUrl(world)}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const sent = SENT.parse(await response.json());
  expectThat(sent.code === 'AA', `Lakeview's message was answered with ${String(sent.code)}`);
  return sent;
}

/** What Lakeview sent lately. */
export async function sentByLakeview(world: World): Promise<readonly Sent[]> {
  const response = await fetch(`${adminUrl(world)}/messages`, { signal: AbortSignal.timeout(30_000) });
  return z.array(SENT).parse(await response.json());
}

/** Her Observations as the app is served them now. */
export async function observations(world: World, patient: string): Promise<Heard> {
  const heard = await get(world, APP, `/Observation?patient=${patient}&_count=100`);
  expectThat(heard.status === 200, `the answer is ${heard.status}`);
  return heard;
}

/** Lakeview's measurement with a code among what was served; `undefined` where it is not there yet. */
function measuredAtLakeview(heard: Heard, code: string): Version | undefined {
  return entriesOf(heard.body).find(
    ({ meta, resource }) =>
      meta.source === sourceOf('lakeview') && measuredOf(resource)?.codes.includes(code) === true,
  );
}

/** The same, as soon as it is served and fits. */
export async function servedMeasurement(
  world: World,
  patient: string,
  fits: (version: Version) => boolean,
  code = HEMOGLOBIN,
): Promise<Version> {
  let found: Version | undefined;
  await until(CONVERTED_MS, "Lakeview's result is served", async () => {
    found = measuredAtLakeview(await observations(world, patient), code);
    return found !== undefined && fits(found);
  });
  expectThat(found !== undefined, 'nothing was served');
  return found;
}

function adminUrl({ running }: World): string {
  expectThat(running.lakeview !== undefined, 'Lakeview does not run');
  return running.lakeview.adminUrl;
}
