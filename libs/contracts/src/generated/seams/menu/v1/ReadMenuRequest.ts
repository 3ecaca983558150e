// Original file: protos/seams/menu/v1/menu.proto


export interface ReadMenuRequestInput {
  'cafeId'?: (string);
}

export interface ReadMenuRequest {
  'cafeId': (string);
}
