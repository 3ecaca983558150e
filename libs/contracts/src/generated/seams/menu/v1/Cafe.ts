// Original file: protos/seams/menu/v1/menu.proto


export interface CafeInput {
  /**
   * A short lower-case name, for example "harbour".
   */
  'cafeId'?: (string);
  'name'?: (string);
  'city'?: (string);
}

export interface Cafe {
  /**
   * A short lower-case name, for example "harbour".
   */
  'cafeId': (string);
  'name': (string);
  'city': (string);
}
