import { Decimal, type JsonValue } from '#digest';

const NUMBER = /^(?<sign>[+-]?)(?:(?<whole>\d{1,30})(?:\.(?<fraction>\d{0,30}))?|\.(?<bare>\d{1,30}))$/;

/** A v2 number (NM) as JSON number with the digits that were sent: `1.10` stays so, `+5` is 5, `.5` is 0.5, `007` is 7. */
export function numberOf(text: string): JsonValue | undefined {
  const groups = NUMBER.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const { sign, whole = '0', fraction = groups['bare'] } = groups;
  const digits = `${sign === '-' ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}`;
  const written = fraction === undefined || fraction === '' ? digits : `${digits}.${fraction}`;
  const number = Number(written);
  return String(number) === written ? number : new Decimal(written);
}
