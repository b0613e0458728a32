import { toHex } from '#digest';
import { writeBundle } from '../bundle-text.js';
import { openPart } from '../part.js';
import { rawPublicKey } from '../record-signer.js';
import { consistencyProof, inclusionProof } from '../tile-proof.js';
import { writePolicy } from '../write-policy.js';
import { sampleAnchor, sampleBundle } from './sample-bundle.js';
import {
  SAMPLE_ORIGIN,
  SAMPLE_WIRE,
  sampleKey,
  sampleRandom,
  type Sample,
  type SampleLog,
} from './sample-log.js';

function recordVector({ name, record, built }: Sample): object {
  const groups = built.parts
    .flatMap(({ plain }) => openPart(plain))
    .map(({ group, bytes }) => [group, Buffer.from(bytes).toString()]);
  const width = 2 ** Math.ceil(Math.log2(Math.max(record.subjects.length, 1)));
  return {
    description: `record "${name}" of the sample log; byte strings in hexadecimal`,
    origin: SAMPLE_ORIGIN,
    gatewayPublicKey: toHex(rawPublicKey(sampleKey('gateway'))),
    class: record.class,
    random: toHex(sampleRandom(name)((3 + width) * 32)),
    parameters: toHex(record.request.parameters),
    subjects: record.subjects.map(({ content, wire, upstream }) => ({
      wire: wire === undefined ? null : toHex(wire),
      canon: content.map(({ canon }) => toHex(canon)),
      upstream,
    })),
    groups: Object.fromEntries(groups),
    parts: Object.fromEntries(built.parts.map(({ part, plain }) => [part, toHex(plain)])),
    entry: toHex(built.entry),
    leaf: toHex(built.leaf),
  };
}

async function logVector({ tree, samples, checkpoint }: SampleLog): Promise<object> {
  const sizes = samples.map((_, i) => i + 1);
  const inclusion = sizes.flatMap((n) => sizes.filter((i) => i <= n).map((i) => ({ index: i - 1, size: n })));
  const consistency = sizes.flatMap((size2) =>
    sizes.filter((n) => n <= size2).map((size1) => ({ size1, size2 })),
  );
  return {
    description: 'the sample log, with every inclusion and consistency proof; byte strings in hexadecimal',
    origin: SAMPLE_ORIGIN,
    entries: samples.map(({ built }) => toHex(built.entry)),
    checkpoint,
    inclusion: await Promise.all(
      inclusion.map(async (at) => ({
        ...at,
        path: (await inclusionProof(BigInt(at.index), BigInt(at.size), tree.read)).map(toHex),
      })),
    ),
    consistency: await Promise.all(
      consistency.map(async (at) => ({
        ...at,
        path: (await consistencyProof(BigInt(at.size1), BigInt(at.size2), tree.read)).map(toHex),
      })),
    ),
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Name and text of each file of test/vectors/provenance that is made from the sample log. */
export async function vectorFiles(log: SampleLog): Promise<[string, string][]> {
  const wanted = ['access', 'refusal', 'nobody'];
  const receipt = { ...(await sampleBundle(log, 'access')), anchors: [await sampleAnchor(log, 3n)] };
  return [
    ...log.samples
      .filter(({ name }) => wanted.includes(name))
      .map((sample): [string, string] => [`${sample.name}.json`, json(recordVector(sample))]),
    ['log.json', json(await logVector(log))],
    ['receipt.json', json(JSON.parse(writeBundle(receipt)))],
    ['policy.txt', writePolicy(log.policy)],
    ['body.json', Buffer.from(SAMPLE_WIRE).toString()],
  ];
}
