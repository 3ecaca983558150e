// Made by `npm run generate` from protos/. Do not edit.
export type { AnalyticsServiceDefinition } from './generated/seams/analytics/v1/AnalyticsService.ts';
export type {
  GetCafeReportRequest,
  GetCafeReportRequestInput,
} from './generated/seams/analytics/v1/GetCafeReportRequest.ts';
export type {
  GetCafeReportResponse,
  GetCafeReportResponseInput,
} from './generated/seams/analytics/v1/GetCafeReportResponse.ts';
export type { MinuteTotal, MinuteTotalInput } from './generated/seams/analytics/v1/MinuteTotal.ts';
export type { AuthenticateRequest, AuthenticateRequestInput } from './generated/seams/auth/v1/AuthenticateRequest.ts';
export type {
  AuthenticateResponse,
  AuthenticateResponseInput,
} from './generated/seams/auth/v1/AuthenticateResponse.ts';
export type { AuthServiceDefinition } from './generated/seams/auth/v1/AuthService.ts';
export type {
  GetSigningKeysRequest,
  GetSigningKeysRequestInput,
} from './generated/seams/auth/v1/GetSigningKeysRequest.ts';
export type {
  GetSigningKeysResponse,
  GetSigningKeysResponseInput,
} from './generated/seams/auth/v1/GetSigningKeysResponse.ts';
export type { LoginRequest, LoginRequestInput } from './generated/seams/auth/v1/LoginRequest.ts';
export type { LoginResponse, LoginResponseInput } from './generated/seams/auth/v1/LoginResponse.ts';
export type { RefreshRequest, RefreshRequestInput } from './generated/seams/auth/v1/RefreshRequest.ts';
export type { RefreshResponse, RefreshResponseInput } from './generated/seams/auth/v1/RefreshResponse.ts';
export type { RegisterRequest, RegisterRequestInput } from './generated/seams/auth/v1/RegisterRequest.ts';
export type { RegisterResponse, RegisterResponseInput } from './generated/seams/auth/v1/RegisterResponse.ts';
export type { Tokens, TokensInput } from './generated/seams/auth/v1/Tokens.ts';
export type { Principal, PrincipalInput } from './generated/seams/call/v1/Principal.ts';
export type { Refusal, RefusalInput } from './generated/seams/call/v1/Refusal.ts';
export type { RequestKey, RequestKeyInput } from './generated/seams/call/v1/RequestKey.ts';
export type { OrderPlaced, OrderPlacedInput } from './generated/seams/events/v1/OrderPlaced.ts';
export type { OrderPlacedLine, OrderPlacedLineInput } from './generated/seams/events/v1/OrderPlacedLine.ts';
export type { Cafe, CafeInput } from './generated/seams/menu/v1/Cafe.ts';
export type { GetMenuRequest, GetMenuRequestInput } from './generated/seams/menu/v1/GetMenuRequest.ts';
export type { GetMenuResponse, GetMenuResponseInput } from './generated/seams/menu/v1/GetMenuResponse.ts';
export type { ListCafesRequest, ListCafesRequestInput } from './generated/seams/menu/v1/ListCafesRequest.ts';
export type { ListCafesResponse, ListCafesResponseInput } from './generated/seams/menu/v1/ListCafesResponse.ts';
export type { Menu, MenuInput } from './generated/seams/menu/v1/Menu.ts';
export type { MenuItem, MenuItemInput } from './generated/seams/menu/v1/MenuItem.ts';
export type { MenuServiceDefinition } from './generated/seams/menu/v1/MenuService.ts';
export type { MenuStoreServiceDefinition } from './generated/seams/menu/v1/MenuStoreService.ts';
export type { ReadCafesRequest, ReadCafesRequestInput } from './generated/seams/menu/v1/ReadCafesRequest.ts';
export type { ReadCafesResponse, ReadCafesResponseInput } from './generated/seams/menu/v1/ReadCafesResponse.ts';
export type { ReadMenuRequest, ReadMenuRequestInput } from './generated/seams/menu/v1/ReadMenuRequest.ts';
export type { ReadMenuResponse, ReadMenuResponseInput } from './generated/seams/menu/v1/ReadMenuResponse.ts';
export type { CommitOrderRequest, CommitOrderRequestInput } from './generated/seams/orders/v1/CommitOrderRequest.ts';
export type { CommitOrderResponse, CommitOrderResponseInput } from './generated/seams/orders/v1/CommitOrderResponse.ts';
export type { GetOrderRequest, GetOrderRequestInput } from './generated/seams/orders/v1/GetOrderRequest.ts';
export type { GetOrderResponse, GetOrderResponseInput } from './generated/seams/orders/v1/GetOrderResponse.ts';
export type { ListOrdersRequest, ListOrdersRequestInput } from './generated/seams/orders/v1/ListOrdersRequest.ts';
export type { ListOrdersResponse, ListOrdersResponseInput } from './generated/seams/orders/v1/ListOrdersResponse.ts';
export type { Order, OrderInput } from './generated/seams/orders/v1/Order.ts';
export type { OrderItem, OrderItemInput } from './generated/seams/orders/v1/OrderItem.ts';
export type { OrderLine, OrderLineInput } from './generated/seams/orders/v1/OrderLine.ts';
export type { OrderServiceDefinition } from './generated/seams/orders/v1/OrderService.ts';
export type { OrderStatus, OrderStatusInput } from './generated/seams/orders/v1/OrderStatus.ts';
export type { OrderStoreServiceDefinition } from './generated/seams/orders/v1/OrderStoreService.ts';
export type { PlaceOrderRequest, PlaceOrderRequestInput } from './generated/seams/orders/v1/PlaceOrderRequest.ts';
export type { PlaceOrderResponse, PlaceOrderResponseInput } from './generated/seams/orders/v1/PlaceOrderResponse.ts';
export type { ReadOrderRequest, ReadOrderRequestInput } from './generated/seams/orders/v1/ReadOrderRequest.ts';
export type { ReadOrderResponse, ReadOrderResponseInput } from './generated/seams/orders/v1/ReadOrderResponse.ts';
export type { ReadOrdersRequest, ReadOrdersRequestInput } from './generated/seams/orders/v1/ReadOrdersRequest.ts';
export type { ReadOrdersResponse, ReadOrdersResponseInput } from './generated/seams/orders/v1/ReadOrdersResponse.ts';
export type { CommitTopUpRequest, CommitTopUpRequestInput } from './generated/seams/wallet/v1/CommitTopUpRequest.ts';
export type { CommitTopUpResponse, CommitTopUpResponseInput } from './generated/seams/wallet/v1/CommitTopUpResponse.ts';
export type { GetWalletRequest, GetWalletRequestInput } from './generated/seams/wallet/v1/GetWalletRequest.ts';
export type { GetWalletResponse, GetWalletResponseInput } from './generated/seams/wallet/v1/GetWalletResponse.ts';
export type { ReadWalletRequest, ReadWalletRequestInput } from './generated/seams/wallet/v1/ReadWalletRequest.ts';
export type { ReadWalletResponse, ReadWalletResponseInput } from './generated/seams/wallet/v1/ReadWalletResponse.ts';
export type { TopUp, TopUpInput } from './generated/seams/wallet/v1/TopUp.ts';
export type { TopUpRequest, TopUpRequestInput } from './generated/seams/wallet/v1/TopUpRequest.ts';
export type { TopUpResponse, TopUpResponseInput } from './generated/seams/wallet/v1/TopUpResponse.ts';
export type { Wallet, WalletInput } from './generated/seams/wallet/v1/Wallet.ts';
export type { WalletServiceDefinition } from './generated/seams/wallet/v1/WalletService.ts';
export type { WalletStoreServiceDefinition } from './generated/seams/wallet/v1/WalletStoreService.ts';
