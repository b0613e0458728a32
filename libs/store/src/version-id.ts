const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 16;
/** The largest multiple of 62 in a byte: what lies above would favour some letters. */
const FAIR = 248;

/**
 * A version id: 16 random letters and digits, so that a gap between versions tells nothing of hidden ones.
 * @param random gives that many bytes from a CSPRNG
 */
export function makeVersionId(random: (bytes: number) => Uint8Array): string {
  let id = '';
  while (id.length < LENGTH) {
    for (const byte of random(LENGTH)) {
      id += byte < FAIR && id.length < LENGTH ? (LETTERS[byte % LETTERS.length] ?? '') : '';
    }
  }
  return id;
}
