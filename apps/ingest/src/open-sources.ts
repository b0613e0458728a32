import {
  FhirSource,
  loadSourceProfiles,
  ReadThrough,
  SYSTEM_PACE,
  type IntakeSink,
  type Source,
  type SourceProfile,
  type VendorProfile,
} from '#ehr';
import { permitSource, type SourcePermit } from '#consent';
import { validateResource } from '#fhir';

/** A configured source with what pulls from it. */
export interface OpenSource {
  readonly source: Source;
  readonly through: ReadThrough;
  readonly permit: SourcePermit;
}

/** The sources that a file describes; none without a file. */
export async function readSources(file: string | undefined): Promise<readonly SourceProfile[]> {
  return file === undefined ? [] : loadSourceProfiles(file);
}

/** Opens the sources of vendors over the write path. Connects to nothing yet. */
export function openSources(
  vendors: readonly VendorProfile[],
  sink: IntakeSink,
): Promise<readonly OpenSource[]> {
  return Promise.all(
    vendors.map(async (profile) => {
      const source = await FhirSource.open(profile);
      const through = new ReadThrough({
        source,
        profile,
        sink,
        validate: validateResource,
        pace: SYSTEM_PACE,
      });
      return { source, through, permit: permitSource({ source: profile.id }) };
    }),
  );
}
