// Original file: protos/seams/menu/v1/menu.proto

import type { Long } from '@grpc/proto-loader';

export interface MenuItemInput {
  /**
   * Unique over all cafés, for example "harbour-espresso".
   */
  'itemId'?: (string);
  'name'?: (string);
  /**
   * Integer cents.
   */
  'priceCents'?: (number | string | Long);
  /**
   * Units left when this was read.
   */
  'stockUnits'?: (number);
}

export interface MenuItem {
  /**
   * Unique over all cafés, for example "harbour-espresso".
   */
  'itemId': (string);
  'name': (string);
  /**
   * Integer cents.
   */
  'priceCents': (number);
  /**
   * Units left when this was read.
   */
  'stockUnits': (number);
}
