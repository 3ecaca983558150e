import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { OrderPlacedInput as _seams_events_v1_OrderPlacedInput, OrderPlaced as _seams_events_v1_OrderPlaced } from './seams/events/v1/OrderPlaced.ts';
import type { OrderPlacedLineInput as _seams_events_v1_OrderPlacedLineInput, OrderPlacedLine as _seams_events_v1_OrderPlacedLine } from './seams/events/v1/OrderPlacedLine.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  seams: {
    events: {
      v1: {
        OrderPlaced: MessageTypeDefinition<_seams_events_v1_OrderPlacedInput, _seams_events_v1_OrderPlaced>
        OrderPlacedLine: MessageTypeDefinition<_seams_events_v1_OrderPlacedLineInput, _seams_events_v1_OrderPlacedLine>
      }
    }
  }
}

