/** What a channel's connections do, one a replica: grpc-js says so to channelz only, which is asked here in the process. */
import { type Client, getChannelzHandlers, type handleUnaryCall, type ServerUnaryCall } from '@grpc/grpc-js';

export interface Connection {
  readonly address: string;
  /** As in gRPC's connectivity semantics: IDLE, CONNECTING, READY, TRANSIENT_FAILURE, SHUTDOWN. */
  readonly state: string;
  /** Another one for each time that it comes into a state. */
  readonly key: string;
}

export function connectionsOf(client: Client): Connection[] {
  const { id } = client.getChannel().getChannelzRef();
  const channel = asked(channelz.GetChannel, { channel_id: String(id) })?.channel;
  return (channel?.subchannel_ref ?? []).flatMap(({ subchannel_id }) => {
    const data = asked(channelz.GetSubchannel, { subchannel_id: String(subchannel_id) })?.subchannel?.data;
    if (!data) return []; // it went away between the two questions
    const key = `${subchannel_id} ${data.trace?.num_events_logged}`;
    return [{ address: data.target ?? '', state: String(data.state?.state), key }];
  });
}

const channelz = getChannelzHandlers();

/** The handlers answer before they return; they look only at the request. */
function asked<Request, Reply>(handler: handleUnaryCall<Request, Reply>, request: Request): Reply | undefined {
  let answer: Reply | undefined;
  handler({ request } as ServerUnaryCall<Request, Reply>, (_, reply) => {
    answer = reply ?? undefined;
  });
  return answer;
}
