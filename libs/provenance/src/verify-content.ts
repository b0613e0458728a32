import { GatewayError } from '#outcome';
import { canonicalize, parseStrict, sha256, toHex } from '#digest';
import type { Bundle, ResourceProof } from './bundle.js';
import { check, type Check } from './check.js';
import { commitCanon, commitWire } from './commitment.js';
import type { OpenedContent } from './opened-groups.js';
import { paddedWidth, rootByPath } from './padded-tree.js';

/** Checks that `body` is, byte for byte, what a shown content group committed to. */
export function checkWire(body: Uint8Array, bundle: Bundle, contents: readonly OpenedContent[]): Check {
  const holds = contents.some(({ position, wire }) =>
    bundle.salts
      .filter(({ part }) => part === `sub:${position}`)
      .some(({ salt }) => wire === toHex(commitWire(salt, body))),
  );
  return check('wire', holds, {
    ok: 'the body is byte for byte what was sealed',
    failed: 'the body is not what a shown content group sealed',
  });
}

/** Checks that a resource, in any serialisation, is one that a shown content group committed to. */
export function checkResource(
  resource: Uint8Array | string,
  bundle: Bundle,
  contents: readonly OpenedContent[],
): Check {
  const digest = canonDigest(resource);
  const holds =
    digest !== undefined &&
    contents.some((content) =>
      bundle.resources
        .filter(({ position }) => position === content.position)
        .some((proof) => isItem(digest, proof, content)),
    );
  return check('resource', holds, {
    ok: 'the resource is, in canonical form, one that was sealed',
    failed: 'the resource is not one that a shown content group sealed',
  });
}

function isItem(digest: Uint8Array, { item, salt, path }: ResourceProof, content: OpenedContent): boolean {
  const inTree = item < content.itemCount && 2 ** path.length === paddedWidth(content.itemCount);
  const root = inTree ? rootByPath(commitCanon(salt, digest), item, path) : undefined;
  return root !== undefined && toHex(root) === content.canon;
}

function canonDigest(resource: Uint8Array | string): Uint8Array | undefined {
  try {
    return sha256(canonicalize(parseStrict(resource)));
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
