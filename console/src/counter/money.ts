const formats = new Map<string, Intl.NumberFormat>();

/** Integer cents as a price. */
export function money(cents: number, currency: string): string {
  const format = formats.get(currency) ?? new Intl.NumberFormat('en-IE', { style: 'currency', currency });
  formats.set(currency, format);
  return format.format(cents / 100);
}
