/** Numbers as Go prints them. */

/** A float in its shortest form, with an exponent below 1e-4 and from 1e+06 on where it is no whole number. Twin: strconv.FormatFloat 'g', -1. */
export function formatFloat(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  const digits = String(Math.abs(power)).padStart(2, '0');
  return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
}
