// Original file: protos/seams/menu/v1/menu.proto

import type { CafeInput as _seams_menu_v1_CafeInput, Cafe as _seams_menu_v1_Cafe } from '../../../seams/menu/v1/Cafe.ts';
import type { MenuItemInput as _seams_menu_v1_MenuItemInput, MenuItem as _seams_menu_v1_MenuItem } from '../../../seams/menu/v1/MenuItem.ts';

export interface MenuInput {
  'cafe'?: (_seams_menu_v1_CafeInput | null);
  /**
   * In the order of the menu.
   */
  'items'?: (_seams_menu_v1_MenuItemInput)[];
  /**
   * ISO 4217 code of every price.
   */
  'currency'?: (string);
}

export interface Menu {
  'cafe': (_seams_menu_v1_Cafe | null);
  /**
   * In the order of the menu.
   */
  'items': (_seams_menu_v1_MenuItem)[];
  /**
   * ISO 4217 code of every price.
   */
  'currency': (string);
}
