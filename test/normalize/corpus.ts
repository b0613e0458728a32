import fs from 'node:fs';
import path from 'node:path';
import { env } from 'node:process';
import type { JsonObject } from '#digest';
import { validateResource } from '#fhir';
import {
  normaliseV2,
  plainSender,
  splitBatch,
  type NormalisedResource,
  type SenderProfile,
  type V2Normalised,
} from '#normalize';

const root = path.resolve(import.meta.dirname, '../..');
const shared = path.resolve(root, env['PROVISO_SHARED'] ?? '../shared');

/** Lists the samples; beside it lie their folders. */
export const manifest = path.join(shared, 'corpora/manifest.tsv');
/** Compares Bundles with what others made of the same messages. */
export const scorer = path.join(shared, 'tools/score.mjs');

/** One message and what it became. */
export interface Converted {
  readonly bytes: Uint8Array;
  readonly result: V2Normalised;
}

/** One file of the corpora; most hold one message. */
export interface Sample {
  readonly use: string;
  /** Below the folder of the manifest. */
  readonly input: string;
  readonly messages: readonly Converted[];
}

/** Of nobody in particular; its times are in UTC, as most of the expected ones take them to be. */
const sender: SenderProfile = { ...plainSender('corpus'), zone: 'UTC' };

export function convert(bytes: Uint8Array): V2Normalised {
  return normaliseV2(bytes, { sender, validate: validateResource });
}

/** The HL7 v2 samples, converted; none where the data is not there. */
export function samples(): readonly Sample[] {
  if (!fs.existsSync(manifest) || !fs.existsSync(scorer)) return [];
  const lines = fs.readFileSync(manifest, 'utf8').trimEnd().split('\n').slice(1);
  return lines
    .map((line) => line.split('\t'))
    .filter(([use = '']) => use.startsWith('v2-'))
    .map(([use = '', , , input = '']) => {
      const file = fs.readFileSync(path.join(path.dirname(manifest), input));
      return { use, input, messages: splitBatch(file).map((bytes) => ({ bytes, result: convert(bytes) })) };
    });
}

/** All resources of a sample, as one Bundle. */
export function bundleOf(resources: readonly NormalisedResource[]): JsonObject {
  const entry = resources.map(({ type, id, resource }) => ({
    fullUrl: `https://corpus.localhost/${type}/${id}`,
    resource,
  }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}
