import { GatewayError } from '#outcome';
import { decodeEntry, openFittingPart } from '#provenance';

/** Which of a record's opened parts are not those that its entry commits to. */
export function unfitParts(
  entry: Uint8Array,
  parts: readonly { readonly part: string; readonly plain: Uint8Array | undefined }[],
): readonly string[] {
  const decoded = decodeEntry(entry);
  if (decoded === undefined) return parts.map(({ part }) => part);
  return parts.flatMap(({ part, plain }) => {
    if (plain === undefined) return [];
    try {
      return openFittingPart(decoded, part, plain) === undefined ? [part] : [];
    } catch (cause) {
      if (cause instanceof GatewayError && cause.code === 'integrity-failure') return [part];
      throw cause;
    }
  });
}
