// Original file: protos/seams/menu/v1/menu.proto

import type { CafeInput as _seams_menu_v1_CafeInput, Cafe as _seams_menu_v1_Cafe } from '../../../seams/menu/v1/Cafe.ts';
import type { Long } from '@grpc/proto-loader';

export interface ListCafesResponseInput {
  'cafes'?: (_seams_menu_v1_CafeInput)[];
  /**
   * 0: as of the question. Else storage could not be asked, and this is what it said so many milliseconds ago.
   */
  'staleMs'?: (number | string | Long);
}

export interface ListCafesResponse {
  'cafes': (_seams_menu_v1_Cafe)[];
  /**
   * 0: as of the question. Else storage could not be asked, and this is what it said so many milliseconds ago.
   */
  'staleMs': (number);
}
