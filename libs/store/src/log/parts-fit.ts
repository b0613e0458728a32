import { GatewayError } from '#outcome';
import { assembleBundle, checkOpenings, decodeEntry } from '#provenance';

/**
 * Which of a record's opened parts are not those that its entry commits to. The ciphertext's binding does not tell:
 * whoever has a scope's key can seal other bytes.
 */
export function unfitParts(
  entry: Uint8Array,
  parts: readonly { readonly part: string; readonly plain: Uint8Array | undefined }[],
): readonly string[] {
  const decoded = decodeEntry(entry);
  if (decoded === undefined) return parts.map(({ part }) => part);
  return parts.flatMap(({ part, plain }) => {
    if (plain === undefined) return [];
    try {
      const proof = { index: 0n, path: [], checkpoint: '' };
      const bundle = assembleBundle({ entry, parts: [plain], proof });
      const named = bundle.openings.every(({ group }) => group === part || group.startsWith(`${part}/`));
      const fits = checkOpenings(bundle, decoded).every(({ state }) => state === 'ok');
      return named && fits ? [] : [part];
    } catch (cause) {
      if (cause instanceof GatewayError && cause.code === 'integrity-failure') return [part];
      throw cause;
    }
  });
}
