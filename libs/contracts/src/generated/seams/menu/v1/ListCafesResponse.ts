// Original file: protos/seams/menu/v1/menu.proto

import type { CafeInput as _seams_menu_v1_CafeInput, Cafe as _seams_menu_v1_Cafe } from '../../../seams/menu/v1/Cafe.ts';

export interface ListCafesResponseInput {
  'cafes'?: (_seams_menu_v1_CafeInput)[];
}

export interface ListCafesResponse {
  'cafes': (_seams_menu_v1_Cafe)[];
}
