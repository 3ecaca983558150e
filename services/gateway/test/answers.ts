/** What the stand-ins answer unless a test says otherwise. */
import type {
  AnalyticsServiceDefinition,
  AuthServiceDefinition,
  MenuServiceDefinition,
  OrderInput,
  OrderServiceDefinition,
  WalletServiceDefinition,
} from '@seams/contracts';
import type { Handlers } from '@seams/rpc';
import { jwksJson } from './tokens.ts';

export const CUSTOMER = '019aa0c5-0000-7000-8000-0000000000c1';
export const ORDER = '019aa0c5-0000-7000-8000-0000000000d1';
export const TOKEN = 'good.access.token';
const AT = Date.UTC(2026, 10, 21, 9, 30, 15, 250);

const principal = { subject: CUSTOMER, roles: ['customer'], cafeIds: [] };
const tokens = { accessToken: TOKEN, accessExpiresInS: 300, refreshToken: 'refresh-1', refreshExpiresInS: 86_400 };
const cafe = { cafeId: 'harbour', name: 'Harbour Café', city: 'Hamburg' };

export const order: OrderInput = {
  orderId: ORDER,
  customerId: CUSTOMER,
  cafeId: 'harbour',
  status: 'ORDER_STATUS_PLACED',
  lines: [{ itemId: 'harbour-espresso', name: 'Espresso', quantity: 2, unitPriceCents: 250 }],
  totalCents: 500,
  currency: 'EUR',
  placedAtMs: AT,
  version: 1,
  clientNonce: '',
};

export const answers = {
  auth: {
    Register: async () => ({ subject: CUSTOMER, tokens }),
    Login: async () => ({ subject: CUSTOMER, tokens }),
    Refresh: async () => ({ subject: CUSTOMER, tokens }),
    Authenticate: async () => ({ principal, expiresAtMs: AT }),
    GetSigningKeys: async () => ({ jwksJson: jwksJson() }),
  } satisfies Handlers<AuthServiceDefinition>,
  orders: {
    PlaceOrder: async (_, { clientNonce }) => ({ order: { ...order, clientNonce }, replayed: false }),
    GetOrder: async () => ({ order }),
    ListOrders: async () => ({ orders: [order], nextAfterOrderId: ORDER }),
  } satisfies Handlers<OrderServiceDefinition>,
  wallets: {
    TopUp: async (_, { amountCents }) => ({
      topUp: {
        topUpId: ORDER,
        customerId: CUSTOMER,
        amountCents,
        currency: 'EUR',
        creditedAtMs: AT,
        balanceCents: amountCents,
      },
      replayed: false,
    }),
    GetWallet: async () => ({ wallet: { customerId: CUSTOMER, balanceCents: 1_500, currency: 'EUR' } }),
  } satisfies Handlers<WalletServiceDefinition>,
  menus: {
    ListCafes: async () => ({ cafes: [cafe], staleMs: 0 }),
    GetMenu: async () => ({
      staleMs: 0,
      menu: {
        cafe,
        currency: 'EUR',
        items: [{ itemId: 'harbour-espresso', name: 'Espresso', priceCents: 250, stockUnits: 40 }],
      },
    }),
  } satisfies Handlers<MenuServiceDefinition>,
  analytics: {
    GetCafeReport: async (_, { cafeId }) => ({
      cafeId,
      minutes: [{ minuteMs: AT - (AT % 60_000), orders: 3, revenueCents: 1_250 }],
      ordersTotal: 9,
      revenueTotalCents: 4_400,
      asOfMs: AT,
    }),
  } satisfies Handlers<AnalyticsServiceDefinition>,
};
