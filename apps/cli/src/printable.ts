/** Text of others on one line of a terminal: what would steer it is shown as a question mark. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
