// See contract-setup.mjs for why this is not TypeScript.
export { stopStores as default } from './contract-stores.ts';
