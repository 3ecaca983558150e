import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { CafeInput as _seams_menu_v1_CafeInput, Cafe as _seams_menu_v1_Cafe } from './seams/menu/v1/Cafe.ts';
import type { GetMenuRequestInput as _seams_menu_v1_GetMenuRequestInput, GetMenuRequest as _seams_menu_v1_GetMenuRequest } from './seams/menu/v1/GetMenuRequest.ts';
import type { GetMenuResponseInput as _seams_menu_v1_GetMenuResponseInput, GetMenuResponse as _seams_menu_v1_GetMenuResponse } from './seams/menu/v1/GetMenuResponse.ts';
import type { ListCafesRequestInput as _seams_menu_v1_ListCafesRequestInput, ListCafesRequest as _seams_menu_v1_ListCafesRequest } from './seams/menu/v1/ListCafesRequest.ts';
import type { ListCafesResponseInput as _seams_menu_v1_ListCafesResponseInput, ListCafesResponse as _seams_menu_v1_ListCafesResponse } from './seams/menu/v1/ListCafesResponse.ts';
import type { MenuInput as _seams_menu_v1_MenuInput, Menu as _seams_menu_v1_Menu } from './seams/menu/v1/Menu.ts';
import type { MenuItemInput as _seams_menu_v1_MenuItemInput, MenuItem as _seams_menu_v1_MenuItem } from './seams/menu/v1/MenuItem.ts';
import type { MenuServiceClient as _seams_menu_v1_MenuServiceClient, MenuServiceDefinition as _seams_menu_v1_MenuServiceDefinition } from './seams/menu/v1/MenuService.ts';
import type { MenuStoreServiceClient as _seams_menu_v1_MenuStoreServiceClient, MenuStoreServiceDefinition as _seams_menu_v1_MenuStoreServiceDefinition } from './seams/menu/v1/MenuStoreService.ts';
import type { ReadCafesRequestInput as _seams_menu_v1_ReadCafesRequestInput, ReadCafesRequest as _seams_menu_v1_ReadCafesRequest } from './seams/menu/v1/ReadCafesRequest.ts';
import type { ReadCafesResponseInput as _seams_menu_v1_ReadCafesResponseInput, ReadCafesResponse as _seams_menu_v1_ReadCafesResponse } from './seams/menu/v1/ReadCafesResponse.ts';
import type { ReadMenuRequestInput as _seams_menu_v1_ReadMenuRequestInput, ReadMenuRequest as _seams_menu_v1_ReadMenuRequest } from './seams/menu/v1/ReadMenuRequest.ts';
import type { ReadMenuResponseInput as _seams_menu_v1_ReadMenuResponseInput, ReadMenuResponse as _seams_menu_v1_ReadMenuResponse } from './seams/menu/v1/ReadMenuResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  seams: {
    menu: {
      v1: {
        Cafe: MessageTypeDefinition<_seams_menu_v1_CafeInput, _seams_menu_v1_Cafe>
        GetMenuRequest: MessageTypeDefinition<_seams_menu_v1_GetMenuRequestInput, _seams_menu_v1_GetMenuRequest>
        GetMenuResponse: MessageTypeDefinition<_seams_menu_v1_GetMenuResponseInput, _seams_menu_v1_GetMenuResponse>
        ListCafesRequest: MessageTypeDefinition<_seams_menu_v1_ListCafesRequestInput, _seams_menu_v1_ListCafesRequest>
        ListCafesResponse: MessageTypeDefinition<_seams_menu_v1_ListCafesResponseInput, _seams_menu_v1_ListCafesResponse>
        Menu: MessageTypeDefinition<_seams_menu_v1_MenuInput, _seams_menu_v1_Menu>
        MenuItem: MessageTypeDefinition<_seams_menu_v1_MenuItemInput, _seams_menu_v1_MenuItem>
        /**
         * Answered by business-logic, called by gateway.
         */
        MenuService: SubtypeConstructor<typeof grpc.Client, _seams_menu_v1_MenuServiceClient> & { service: _seams_menu_v1_MenuServiceDefinition }
        /**
         * Answered by storage, called by business-logic.
         */
        MenuStoreService: SubtypeConstructor<typeof grpc.Client, _seams_menu_v1_MenuStoreServiceClient> & { service: _seams_menu_v1_MenuStoreServiceDefinition }
        ReadCafesRequest: MessageTypeDefinition<_seams_menu_v1_ReadCafesRequestInput, _seams_menu_v1_ReadCafesRequest>
        ReadCafesResponse: MessageTypeDefinition<_seams_menu_v1_ReadCafesResponseInput, _seams_menu_v1_ReadCafesResponse>
        ReadMenuRequest: MessageTypeDefinition<_seams_menu_v1_ReadMenuRequestInput, _seams_menu_v1_ReadMenuRequest>
        ReadMenuResponse: MessageTypeDefinition<_seams_menu_v1_ReadMenuResponseInput, _seams_menu_v1_ReadMenuResponse>
      }
    }
  }
}

