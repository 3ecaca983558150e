/** ISO 4217. The chain has one currency; amounts are integer cents of it. */
export const CURRENCY = 'EUR';
