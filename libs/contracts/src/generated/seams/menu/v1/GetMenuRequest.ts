// Original file: protos/seams/menu/v1/menu.proto


export interface GetMenuRequestInput {
  'cafeId'?: (string);
}

export interface GetMenuRequest {
  'cafeId': (string);
}
