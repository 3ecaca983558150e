// Original file: protos/seams/call/v1/call.proto


/**
 * Who asks, as auth vouched for it. business-logic checks roles and ownership against it.
 */
export interface PrincipalInput {
  /**
   * UUID of the customer, staff member or operator.
   */
  'subject'?: (string);
  'roles'?: (string)[];
  /**
   * The cafés that a staff member works at.
   */
  'cafeIds'?: (string)[];
}

/**
 * Who asks, as auth vouched for it. business-logic checks roles and ownership against it.
 */
export interface Principal {
  /**
   * UUID of the customer, staff member or operator.
   */
  'subject': (string);
  'roles': (string)[];
  /**
   * The cafés that a staff member works at.
   */
  'cafeIds': (string)[];
}
