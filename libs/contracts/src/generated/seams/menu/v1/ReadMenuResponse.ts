// Original file: protos/seams/menu/v1/menu.proto

import type { MenuInput as _seams_menu_v1_MenuInput, Menu as _seams_menu_v1_Menu } from '../../../seams/menu/v1/Menu.ts';

export interface ReadMenuResponseInput {
  'menu'?: (_seams_menu_v1_MenuInput | null);
}

export interface ReadMenuResponse {
  'menu': (_seams_menu_v1_Menu | null);
}
