import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AnalyticsServiceClient as _seams_analytics_v1_AnalyticsServiceClient, AnalyticsServiceDefinition as _seams_analytics_v1_AnalyticsServiceDefinition } from './seams/analytics/v1/AnalyticsService.ts';
import type { GetCafeReportRequestInput as _seams_analytics_v1_GetCafeReportRequestInput, GetCafeReportRequest as _seams_analytics_v1_GetCafeReportRequest } from './seams/analytics/v1/GetCafeReportRequest.ts';
import type { GetCafeReportResponseInput as _seams_analytics_v1_GetCafeReportResponseInput, GetCafeReportResponse as _seams_analytics_v1_GetCafeReportResponse } from './seams/analytics/v1/GetCafeReportResponse.ts';
import type { MinuteTotalInput as _seams_analytics_v1_MinuteTotalInput, MinuteTotal as _seams_analytics_v1_MinuteTotal } from './seams/analytics/v1/MinuteTotal.ts';
import type { BatchServiceClient as _seams_call_v1_BatchServiceClient, BatchServiceDefinition as _seams_call_v1_BatchServiceDefinition } from './seams/call/v1/BatchService.ts';
import type { BatchedCallInput as _seams_call_v1_BatchedCallInput, BatchedCall as _seams_call_v1_BatchedCall } from './seams/call/v1/BatchedCall.ts';
import type { BatchedResultInput as _seams_call_v1_BatchedResultInput, BatchedResult as _seams_call_v1_BatchedResult } from './seams/call/v1/BatchedResult.ts';
import type { CallRequestInput as _seams_call_v1_CallRequestInput, CallRequest as _seams_call_v1_CallRequest } from './seams/call/v1/CallRequest.ts';
import type { CallResponseInput as _seams_call_v1_CallResponseInput, CallResponse as _seams_call_v1_CallResponse } from './seams/call/v1/CallResponse.ts';
import type { PrincipalInput as _seams_call_v1_PrincipalInput, Principal as _seams_call_v1_Principal } from './seams/call/v1/Principal.ts';
import type { RefusalInput as _seams_call_v1_RefusalInput, Refusal as _seams_call_v1_Refusal } from './seams/call/v1/Refusal.ts';
import type { RequestKeyInput as _seams_call_v1_RequestKeyInput, RequestKey as _seams_call_v1_RequestKey } from './seams/call/v1/RequestKey.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  seams: {
    analytics: {
      v1: {
        /**
         * Answered by analytics, called by gateway.
         */
        AnalyticsService: SubtypeConstructor<typeof grpc.Client, _seams_analytics_v1_AnalyticsServiceClient> & { service: _seams_analytics_v1_AnalyticsServiceDefinition }
        GetCafeReportRequest: MessageTypeDefinition<_seams_analytics_v1_GetCafeReportRequestInput, _seams_analytics_v1_GetCafeReportRequest>
        GetCafeReportResponse: MessageTypeDefinition<_seams_analytics_v1_GetCafeReportResponseInput, _seams_analytics_v1_GetCafeReportResponse>
        MinuteTotal: MessageTypeDefinition<_seams_analytics_v1_MinuteTotalInput, _seams_analytics_v1_MinuteTotal>
      }
    }
    call: {
      v1: {
        /**
         * Batching: unary calls share a stream, several in one message, each with a result of its own
         * (docs/decisions/0011-calls-that-leave-together.md).
         */
        BatchService: SubtypeConstructor<typeof grpc.Client, _seams_call_v1_BatchServiceClient> & { service: _seams_call_v1_BatchServiceDefinition }
        BatchedCall: MessageTypeDefinition<_seams_call_v1_BatchedCallInput, _seams_call_v1_BatchedCall>
        BatchedResult: MessageTypeDefinition<_seams_call_v1_BatchedResultInput, _seams_call_v1_BatchedResult>
        CallRequest: MessageTypeDefinition<_seams_call_v1_CallRequestInput, _seams_call_v1_CallRequest>
        CallResponse: MessageTypeDefinition<_seams_call_v1_CallResponseInput, _seams_call_v1_CallResponse>
        Principal: MessageTypeDefinition<_seams_call_v1_PrincipalInput, _seams_call_v1_Principal>
        Refusal: MessageTypeDefinition<_seams_call_v1_RefusalInput, _seams_call_v1_Refusal>
        RequestKey: MessageTypeDefinition<_seams_call_v1_RequestKeyInput, _seams_call_v1_RequestKey>
      }
    }
  }
}

