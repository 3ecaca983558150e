// Original file: protos/seams/menu/v1/menu.proto

import type { MenuInput as _seams_menu_v1_MenuInput, Menu as _seams_menu_v1_Menu } from '../../../seams/menu/v1/Menu.ts';
import type { Long } from '@grpc/proto-loader';

export interface GetMenuResponseInput {
  'menu'?: (_seams_menu_v1_MenuInput | null);
  /**
   * As in ListCafesResponse.
   */
  'staleMs'?: (number | string | Long);
}

export interface GetMenuResponse {
  'menu': (_seams_menu_v1_Menu | null);
  /**
   * As in ListCafesResponse.
   */
  'staleMs': (number);
}
