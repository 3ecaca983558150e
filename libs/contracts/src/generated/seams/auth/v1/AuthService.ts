// Original file: protos/seams/auth/v1/auth.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AuthenticateRequestInput as _seams_auth_v1_AuthenticateRequestInput, AuthenticateRequest as _seams_auth_v1_AuthenticateRequest } from '../../../seams/auth/v1/AuthenticateRequest.ts';
import type { AuthenticateResponseInput as _seams_auth_v1_AuthenticateResponseInput, AuthenticateResponse as _seams_auth_v1_AuthenticateResponse } from '../../../seams/auth/v1/AuthenticateResponse.ts';
import type { GetSigningKeysRequestInput as _seams_auth_v1_GetSigningKeysRequestInput, GetSigningKeysRequest as _seams_auth_v1_GetSigningKeysRequest } from '../../../seams/auth/v1/GetSigningKeysRequest.ts';
import type { GetSigningKeysResponseInput as _seams_auth_v1_GetSigningKeysResponseInput, GetSigningKeysResponse as _seams_auth_v1_GetSigningKeysResponse } from '../../../seams/auth/v1/GetSigningKeysResponse.ts';
import type { LoginRequestInput as _seams_auth_v1_LoginRequestInput, LoginRequest as _seams_auth_v1_LoginRequest } from '../../../seams/auth/v1/LoginRequest.ts';
import type { LoginResponseInput as _seams_auth_v1_LoginResponseInput, LoginResponse as _seams_auth_v1_LoginResponse } from '../../../seams/auth/v1/LoginResponse.ts';
import type { RefreshRequestInput as _seams_auth_v1_RefreshRequestInput, RefreshRequest as _seams_auth_v1_RefreshRequest } from '../../../seams/auth/v1/RefreshRequest.ts';
import type { RefreshResponseInput as _seams_auth_v1_RefreshResponseInput, RefreshResponse as _seams_auth_v1_RefreshResponse } from '../../../seams/auth/v1/RefreshResponse.ts';
import type { RegisterRequestInput as _seams_auth_v1_RegisterRequestInput, RegisterRequest as _seams_auth_v1_RegisterRequest } from '../../../seams/auth/v1/RegisterRequest.ts';
import type { RegisterResponseInput as _seams_auth_v1_RegisterResponseInput, RegisterResponse as _seams_auth_v1_RegisterResponse } from '../../../seams/auth/v1/RegisterResponse.ts';

/**
 * Answered by auth, called by gateway.
 */
export interface AuthServiceClient extends grpc.Client {
  /**
   * Says whose access token this is, or fails with UNAUTHENTICATED.
   */
  Authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  Authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  Authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  Authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  /**
   * Says whose access token this is, or fails with UNAUTHENTICATED.
   */
  authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  authenticate(argument: _seams_auth_v1_AuthenticateRequestInput, callback: grpc.requestCallback<_seams_auth_v1_AuthenticateResponse>): grpc.ClientUnaryCall;
  
  /**
   * The public keys that verify access tokens, as a JWKS document.
   */
  GetSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  GetSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  GetSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  GetSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  /**
   * The public keys that verify access tokens, as a JWKS document.
   */
  getSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  getSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  getSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  getSigningKeys(argument: _seams_auth_v1_GetSigningKeysRequestInput, callback: grpc.requestCallback<_seams_auth_v1_GetSigningKeysResponse>): grpc.ClientUnaryCall;
  
  /**
   * Gives a pair of tokens for an email and its password.
   */
  Login(argument: _seams_auth_v1_LoginRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  Login(argument: _seams_auth_v1_LoginRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  Login(argument: _seams_auth_v1_LoginRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  Login(argument: _seams_auth_v1_LoginRequestInput, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  /**
   * Gives a pair of tokens for an email and its password.
   */
  login(argument: _seams_auth_v1_LoginRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  login(argument: _seams_auth_v1_LoginRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  login(argument: _seams_auth_v1_LoginRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  login(argument: _seams_auth_v1_LoginRequestInput, callback: grpc.requestCallback<_seams_auth_v1_LoginResponse>): grpc.ClientUnaryCall;
  
  /**
   * Gives a new pair for a refresh token, once. A token used twice ends its whole family.
   */
  Refresh(argument: _seams_auth_v1_RefreshRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  Refresh(argument: _seams_auth_v1_RefreshRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  Refresh(argument: _seams_auth_v1_RefreshRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  Refresh(argument: _seams_auth_v1_RefreshRequestInput, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  /**
   * Gives a new pair for a refresh token, once. A token used twice ends its whole family.
   */
  refresh(argument: _seams_auth_v1_RefreshRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  refresh(argument: _seams_auth_v1_RefreshRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  refresh(argument: _seams_auth_v1_RefreshRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  refresh(argument: _seams_auth_v1_RefreshRequestInput, callback: grpc.requestCallback<_seams_auth_v1_RefreshResponse>): grpc.ClientUnaryCall;
  
  /**
   * Makes a customer. A taken email is refused with reason "email_taken".
   */
  Register(argument: _seams_auth_v1_RegisterRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  Register(argument: _seams_auth_v1_RegisterRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  Register(argument: _seams_auth_v1_RegisterRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  Register(argument: _seams_auth_v1_RegisterRequestInput, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  /**
   * Makes a customer. A taken email is refused with reason "email_taken".
   */
  register(argument: _seams_auth_v1_RegisterRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  register(argument: _seams_auth_v1_RegisterRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  register(argument: _seams_auth_v1_RegisterRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  register(argument: _seams_auth_v1_RegisterRequestInput, callback: grpc.requestCallback<_seams_auth_v1_RegisterResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by auth, called by gateway.
 */
export interface AuthServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Says whose access token this is, or fails with UNAUTHENTICATED.
   */
  Authenticate: grpc.handleUnaryCall<_seams_auth_v1_AuthenticateRequest, _seams_auth_v1_AuthenticateResponseInput>;
  
  /**
   * The public keys that verify access tokens, as a JWKS document.
   */
  GetSigningKeys: grpc.handleUnaryCall<_seams_auth_v1_GetSigningKeysRequest, _seams_auth_v1_GetSigningKeysResponseInput>;
  
  /**
   * Gives a pair of tokens for an email and its password.
   */
  Login: grpc.handleUnaryCall<_seams_auth_v1_LoginRequest, _seams_auth_v1_LoginResponseInput>;
  
  /**
   * Gives a new pair for a refresh token, once. A token used twice ends its whole family.
   */
  Refresh: grpc.handleUnaryCall<_seams_auth_v1_RefreshRequest, _seams_auth_v1_RefreshResponseInput>;
  
  /**
   * Makes a customer. A taken email is refused with reason "email_taken".
   */
  Register: grpc.handleUnaryCall<_seams_auth_v1_RegisterRequest, _seams_auth_v1_RegisterResponseInput>;
  
}

export interface AuthServiceDefinition extends grpc.ServiceDefinition {
  Authenticate: MethodDefinition<_seams_auth_v1_AuthenticateRequestInput, _seams_auth_v1_AuthenticateResponseInput, _seams_auth_v1_AuthenticateRequest, _seams_auth_v1_AuthenticateResponse>
  GetSigningKeys: MethodDefinition<_seams_auth_v1_GetSigningKeysRequestInput, _seams_auth_v1_GetSigningKeysResponseInput, _seams_auth_v1_GetSigningKeysRequest, _seams_auth_v1_GetSigningKeysResponse>
  Login: MethodDefinition<_seams_auth_v1_LoginRequestInput, _seams_auth_v1_LoginResponseInput, _seams_auth_v1_LoginRequest, _seams_auth_v1_LoginResponse>
  Refresh: MethodDefinition<_seams_auth_v1_RefreshRequestInput, _seams_auth_v1_RefreshResponseInput, _seams_auth_v1_RefreshRequest, _seams_auth_v1_RefreshResponse>
  Register: MethodDefinition<_seams_auth_v1_RegisterRequestInput, _seams_auth_v1_RegisterResponseInput, _seams_auth_v1_RegisterRequest, _seams_auth_v1_RegisterResponse>
}
