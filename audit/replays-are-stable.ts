/** 4. What a repeated key would be answered is the order as the tables have it. */
import { differenceOf, type Facts, placeOf } from './facts.ts';
import { Finding, notGiven, type Question } from './question.ts';

export function answersAgainstTables({ answers, orderByKey }: Facts): Question {
  const finding = new Finding('stored answers, decoded and compared with the order');
  for (const { customerId, key, says } of answers) {
    const order = orderByKey.get(placeOf(customerId, key));
    if (!order) continue; // lost: check 1 names it
    finding.looked();
    if (!says) {
      finding.breach(order.orderId, `the answer under key ${key} is no CommitOrderResponse`);
      continue;
    }
    const difference = differenceOf(order, says) ?? laterDifference(order, says);
    if (difference !== undefined) finding.breach(order.orderId, `the answer under key ${key} says: ${difference}`);
  }
  return finding.question();
}

/** Status and version were those of the first answer; an order that has moved on since is no breach. */
function laterDifference(
  order: { readonly version: number; readonly status: string; readonly clientNonce: string },
  said: { readonly version: number; readonly status: string; readonly clientNonce: string },
): string | undefined {
  if (said.clientNonce !== order.clientNonce) return `nonce ${said.clientNonce}, the order has ${order.clientNonce}`;
  if (said.version > order.version) return `version ${said.version}, the order has only ${order.version}`;
  const status = `ORDER_STATUS_${order.status.toUpperCase()}`;
  if (said.version === order.version && said.status !== status) return `status ${said.status}, the order has ${status}`;
  return undefined;
}

export const askedAgain = (): Question =>
  notGiven('keys sent again over REST', "not checked: it takes the customers' tokens, which a journal does not hold");
