// Original file: protos/seams/analytics/v1/analytics.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetCafeReportRequestInput as _seams_analytics_v1_GetCafeReportRequestInput, GetCafeReportRequest as _seams_analytics_v1_GetCafeReportRequest } from '../../../seams/analytics/v1/GetCafeReportRequest.ts';
import type { GetCafeReportResponseInput as _seams_analytics_v1_GetCafeReportResponseInput, GetCafeReportResponse as _seams_analytics_v1_GetCafeReportResponse } from '../../../seams/analytics/v1/GetCafeReportResponse.ts';

/**
 * Answered by analytics, called by gateway.
 */
export interface AnalyticsServiceClient extends grpc.Client {
  /**
   * Orders and revenue of one café, per minute of the orders' own time.
   */
  GetCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  GetCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  GetCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  GetCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  /**
   * Orders and revenue of one café, per minute of the orders' own time.
   */
  getCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  getCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, metadata: grpc.Metadata, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  getCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, options: grpc.CallOptions, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  getCafeReport(argument: _seams_analytics_v1_GetCafeReportRequestInput, callback: grpc.requestCallback<_seams_analytics_v1_GetCafeReportResponse>): grpc.ClientUnaryCall;
  
}

/**
 * Answered by analytics, called by gateway.
 */
export interface AnalyticsServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Orders and revenue of one café, per minute of the orders' own time.
   */
  GetCafeReport: grpc.handleUnaryCall<_seams_analytics_v1_GetCafeReportRequest, _seams_analytics_v1_GetCafeReportResponseInput>;
  
}

export interface AnalyticsServiceDefinition extends grpc.ServiceDefinition {
  GetCafeReport: MethodDefinition<_seams_analytics_v1_GetCafeReportRequestInput, _seams_analytics_v1_GetCafeReportResponseInput, _seams_analytics_v1_GetCafeReportRequest, _seams_analytics_v1_GetCafeReportResponse>
}
